using System.CommandLine;
using System.CommandLine.Invocation;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary>
/// The help of a command. Settings stand in their groups; of a command with many only the common ones are listed, unless all are asked for.
/// </summary>
/// <param name="isFull">list every setting</param>
/// <param name="width">columns of the terminal</param>
internal sealed class HelpPage(bool isFull, int width) : SynchronousCommandLineAction
{
    private const int FewSettings = 24, NameColumns = 24;

    /// <summary>Help even where the rest of the line makes no sense.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
        return 0;
    }

    /// <summary>Writes the help of a command.</summary>
    public void Write(Command command, TextWriter to)
    {
        string path = Path(command);
        var options = command.Options.Where(option => !option.Hidden).ToArray();
        Setting[] settings = [.. command.Arguments.Concat<Symbol>(options).OfType<ISettingSymbol>().Select(symbol => symbol.Setting)];
        bool listsAll = isFull || settings.Length <= FewSettings;
        Paragraph(to, command.Description ?? "");
        to.WriteLine();
        string arguments = string.Concat(command.Arguments.Select(argument => $" [{argument.Name.ToUpperInvariant()}]"));
        if (command.Subcommands.Count > 0) arguments = " COMMAND";
        if (options.Any(option => !option.Recursive)) arguments += " [options]";
        to.WriteLine($"  {path}{arguments}");

        Section(to, "commands", command.Subcommands.Select(sub => (sub.Name, sub.Description ?? "")));
        foreach (var group in settings.GroupBy(setting => setting.Group))
        {
            var listed = group.Where(setting => listsAll || setting.IsCommon);
            Section(to, group.Key.Name, listed.Select(setting => (Label(setting), setting.Description)));
        }

        var places = command.Arguments.Where(argument => argument is not ISettingSymbol)
            .Select(argument => (argument.Name.ToUpperInvariant(), argument.Description ?? ""));
        var others = options.Where(option => option is not ISettingSymbol).Select(option => (Label(option), option.Description ?? ""));
        Section(to, "options", places.Concat(others));

        int hidden = settings.Count(setting => !listsAll && !setting.IsCommon);
        if (hidden == 0 && command.Subcommands.Count == 0) return;
        to.WriteLine();
        Paragraph(to, hidden > 0
            ? $"{hidden} settings more, for the method above all: {path} --help all"
            : $"More about a command: {path} COMMAND --help");
    }

    private static string Path(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent
        ? $"{Path(parent)} {command.Name}"
        : "evsnative";

    private static string Label(Setting setting)
    {
        if (setting.IsPositional) return setting.Placeholder;
        string names = setting.Letter is { } letter ? $"{letter}, --{setting.Name}" : $"--{setting.Name}";
        return setting.IsFlag ? names : $"{names} {setting.Placeholder}";
    }

    private static string Label(Option option)
    {
        string names = string.Join(", ", option.Aliases.Where(alias => alias.Length == 2 && alias[0] == '-').Append(option.Name));
        bool hasText = option.ValueType == typeof(string) || option.ValueType == typeof(string[]);
        return hasText ? $"{names} {option.Name.TrimStart('-').ToUpperInvariant()}" : names;
    }

    private void Section(TextWriter to, string heading, IEnumerable<(string Label, string Text)> rows)
    {
        var listed = rows.ToArray();
        if (listed.Length == 0) return;
        to.WriteLine();
        to.WriteLine(heading);
        foreach (var (label, text) in listed)
        {
            string first = $"  {label}".PadRight(NameColumns);
            if (!first.EndsWith(' ')) first += ' ';
            foreach (string line in Lines(text, width - NameColumns - Math.Max(0, first.Length - NameColumns)))
            {
                to.WriteLine(first + line);
                first = new string(' ', first.Length);
            }
        }
    }

    private void Paragraph(TextWriter to, string text)
    {
        foreach (string line in Lines(text, width)) to.WriteLine(line);
    }

    /// <summary>A text in lines of so many columns.</summary>
    private static IEnumerable<string> Lines(string text, int columns)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > columns)
            {
                yield return line;
                line = "";
            }

            line += line.Length == 0 ? word : $" {word}";
        }

        yield return line;
    }
}
