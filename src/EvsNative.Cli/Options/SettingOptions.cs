using System.CommandLine;
using System.CommandLine.Parsing;
using EvsNative.Layers;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary>Settings as options of a command.</summary>
internal sealed class SettingOptions
{
    private readonly List<(Setting Setting, Symbol Symbol)> _symbols = [];

    /// <summary>Adds settings to a command.</summary>
    public SettingOptions(Command command, IEnumerable<Setting> settings)
    {
        foreach (var setting in settings)
        {
            if (setting.IsPositional) Add(setting, new SettingArgument(setting), command.Arguments.Add);
            else if (setting.IsFlag) Add(setting, new SettingFlag(setting), command.Options.Add);
            else if (setting.IsRepeated) Add(setting, new SettingOptionList(setting), command.Options.Add);
            else Add(setting, new SettingOption(setting), command.Options.Add);
        }
    }

    /// <summary>What was said.</summary>
    /// <exception cref="InputException">a word that is not known, a number out of range, or two words for one thing</exception>
    public Choices Read(ParseResult said)
    {
        var choices = new Choices();
        foreach (var (setting, symbol) in _symbols)
        {
            string? text = symbol switch
            {
                SettingArgument argument => said.GetValue(argument),
                SettingFlag flag => said.GetResult(flag) is { Implicit: false } ? said.GetValue(flag).ToString() : null,
                SettingOption option => said.GetValue(option),
                _ => null,
            };
            if (text is not null) choices = choices.With(setting, text);
            if (symbol is SettingOptionList list && said.GetValue(list) is { Length: > 0 } texts) choices = choices.With(setting, texts);
        }

        return choices;
    }

    private void Add<T>(Setting setting, T symbol, Action<T> add) where T : Symbol
    {
        add(symbol);
        _symbols.Add((setting, symbol));
    }
}

/// <summary>A symbol of the parser that stands for a setting.</summary>
internal interface ISettingSymbol
{
    /// <summary>The setting.</summary>
    Setting Setting { get; }
}

/// <summary>A setting that is given by its place.</summary>
internal sealed class SettingArgument : Argument<string?>, ISettingSymbol
{
    public SettingArgument(Setting setting) : base(setting.Name) => (Setting, Arity) = (setting, ArgumentArity.ZeroOrOne);

    public Setting Setting { get; }
}

/// <summary>A setting with a value.</summary>
internal sealed class SettingOption(Setting setting)
    : Option<string?>($"--{setting.Name}", setting.Letter is { } letter ? [letter] : []), ISettingSymbol
{
    public Setting Setting => setting;
}

/// <summary>A setting with a value that may be given several times, a value each time.</summary>
internal sealed class SettingOptionList : Option<string[]>, ISettingSymbol
{
    public SettingOptionList(Setting setting) : base($"--{setting.Name}", setting.Letter is { } letter ? [letter] : []) =>
        (Setting, Arity) = (setting, ArgumentArity.OneOrMore);

    public Setting Setting { get; }
}

/// <summary>A setting that is named only.</summary>
internal sealed class SettingFlag(Setting setting) : Option<bool>($"--{setting.Name}"), ISettingSymbol
{
    public Setting Setting => setting;
}
