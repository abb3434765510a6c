using System.CommandLine;
using System.CommandLine.Parsing;
using EvsNative.Layers;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary>What is wrong with the words of a command line, for people: which word, and which one was probably meant.</summary>
internal static class WordFaults
{
    /// <summary>
    /// The first thing that is wrong; null if nothing is. An option that nobody knows is told before what follows from
    /// it.
    /// </summary>
    public static Fault? Find(ParseResult parsed)
    {
        if ((UnknownOption(parsed) ?? OtherFault(parsed)) is not { } found) return null;
        string message = $"{found.Message} ('evsnative{Path(parsed.CommandResult)} --help' lists what there is)";
        return new Fault(Faults.UnusableInput, found.Code.Word(), message, []);
    }

    /// <summary>
    /// The parser takes a misspelt option for the clip, which would then be looked for on the disk. A clip of such a name can follow a
    /// double dash.
    /// </summary>
    private static (InputCode Code, string Message)? UnknownOption(ParseResult parsed)
    {
        var places = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens);
        var words = places.Select(token => token.Value).Concat(parsed.UnmatchedTokens);
        var plain = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value).ToHashSet();
        if (words.FirstOrDefault(word => word is ['-', _, ..] && plain.Contains(word)) is not { } unknown) return null;

        string name = unknown.Split('=')[0], quoted = InputText.Name(unknown);
        var known = parsed.CommandResult.Command.Options.SelectMany(option => option.Aliases.Append(option.Name));
        string? near = Spelling.Nearest(name, known);
        string advice = near is not null ? $": did you mean '{near}'?"
            : File.Exists(unknown) || Directory.Exists(unknown) || unknown.Contains('.', StringComparison.Ordinal)
                ? $": a {Positional(parsed)} of this name goes behind two dashes, at the end: -- {quoted}"
                : "";
        return (InputCode.UnknownWord, $"unknown option '{quoted}'{advice}");
    }

    private static (InputCode Code, string Message)? OtherFault(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0) return null;
        if (parsed.CommandResult.Command is { Subcommands.Count: > 0 } above) return NoCommand(above, parsed.UnmatchedTokens);
        foreach (var said in parsed.CommandResult.Children.OfType<OptionResult>().Where(said => !said.Implicit))
        {
            string name = said.Option.Name;
            string value = said.Option is ISettingSymbol symbol ? symbol.Setting.Placeholder : "VALUE";
            if (said.IdentifierTokenCount is var times and > 1) return (InputCode.Conflict, $"{name} is given {times} times: give it once");
            if (said.Tokens.Count == 0 && said.Option.ValueType != typeof(bool))
                return (InputCode.NotGiven, $"{name} needs a value behind it: {name} {value}");
        }

        if (parsed.UnmatchedTokens is [var word, ..])
        {
            string most = parsed.CommandResult.Command.Arguments.Count > 0
                ? $"one {Positional(parsed)} at a time, and names with blanks in quotation marks"
                : "this command takes options only";
            return (InputCode.UnknownWord, $"{InputText.Quote(word)} is one word too many: {most}");
        }

        return (InputCode.UnknownWord, parsed.Errors[0].Message.TrimEnd('.'));
    }

    /// <summary>What a command takes without an option's name: "clip".</summary>
    private static string Positional(ParseResult parsed) => parsed.CommandResult.Command.Arguments.FirstOrDefault()?.Name ?? "clip";

    private static (InputCode Code, string Message) NoCommand(Command above, IReadOnlyList<string> words)
    {
        string[] names = [.. above.Subcommands.Select(command => command.Name)];
        string all = string.Join(", ", names);
        if (words is not [var word, ..]) return (InputCode.NotGiven, $"a command is missing behind '{above.Name}': {all}");
        string advice = File.Exists(word) || Directory.Exists(word)
            ? $": to refine it, 'evsnative refine {InputText.Name(word)}'"
            : Spelling.DidYouMean(word, names);
        return (InputCode.UnknownWord, $"unknown command {InputText.Quote(word)}{advice}: there are {all}");
    }

    /// <summary>The words of a command behind the program's name, each with a space before it.</summary>
    private static string Path(SymbolResult result) =>
        result is CommandResult { Command: not RootCommand } said ? $"{Path(said.Parent!)} {said.Command.Name}" : "";
}
