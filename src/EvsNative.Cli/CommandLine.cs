using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using EvsNative.Layers;

namespace EvsNative.Cli;

/// <summary>The commands, and what becomes of an error: one line and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Columns of the terminal, as far as help fills them well.</summary>
    private static int HelpWidth => Console.IsOutputRedirected ? 80 : Math.Clamp(Console.WindowWidth - 1, 60, 120);

    /// <summary>0: done. 1: a bug. 2: something given cannot be used. 130: stopped by the user.</summary>
    public static int Run(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));

        var root = new RootCommand("Turns a weak text-to-video clip into a sharp and steady one (EVS: Encapsulated Video Synthesizer).")
        {
            RefineCommand.Create(stop.Token),
            PlanCommand.Create(stop.Token),
            DoctorCommand.Create(stop.Token),
            WeightsCommand.Create(stop.Token),
        };
        // "--help all" is one word more than the parser's help takes.
        bool isFull = args is [.., "--help" or "-h" or "-?", "all"];
        if (args.Length == 0) args = ["--help"];
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpPage(isFull, HelpWidth);
            help.Description = "this text; behind a command its own, with 'all' every setting";
        }

        foreach (var version in root.Options.OfType<VersionOption>()) version.Description = "the version of the program";

        // A prompt may begin with @, which is no response file here.
        var parsed = root.Parse(isFull ? args[..^1] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        bool isScript = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Any(token => token.Value == "--json");
        if (Complaint(parsed) is { } complaint)
        {
            string message = $"{complaint.Message} ('evsnative{Words(parsed.CommandResult)} --help' lists what there is)";
            return Faults.Report(complaint with { Message = message }, isScript);
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
#pragma warning disable CA1031 // the last resort of a program: no stack trace reaches the user
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return Faults.Report(fault, isScript);
        }
    }

    /// <summary>
    /// The first thing that is wrong, in words for users; null if nothing is. An option nobody knows is reported before what follows from
    /// it.
    /// </summary>
    private static Fault? Complaint(ParseResult parsed)
    {
        if (UnknownOption(parsed) is { } unknown) return Unusable(InputCode.UnknownWord, $"unknown option '{unknown}'");
        if (parsed.Errors.Count == 0) return null;
        if (parsed.CommandResult.Command is { Subcommands.Count: > 0 } above)
        {
            string there = string.Join(", ", above.Subcommands.Select(command => command.Name));
            return parsed.UnmatchedTokens is [var word, ..]
                ? Unusable(InputCode.UnknownWord, $"unknown command '{word}': {there}")
                : Unusable(InputCode.NotGiven, $"a command is missing behind '{above.Name}': {there}");
        }

        return Unusable(InputCode.UnknownWord, parsed.Errors[0].Message.TrimEnd('.'));
    }

    private static Fault Unusable(InputCode code, string message) => new(Faults.UnusableInput, code.Word(), message, []);

    /// <summary>
    /// The parser takes a misspelt option for the clip, which would then be looked for on the disk. A clip of such a name can follow a
    /// double dash.
    /// </summary>
    private static string? UnknownOption(ParseResult parsed)
    {
        var places = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens);
        var words = places.Select(token => token.Value).Concat(parsed.UnmatchedTokens);
        var plain = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value).ToHashSet();
        return words.FirstOrDefault(word => word is ['-', _, ..] && plain.Contains(word));
    }

    /// <summary>The words of a command behind the program's name, each with a space before it.</summary>
    private static string Words(SymbolResult result) =>
        result is CommandResult { Command: not RootCommand } said ? $"{Words(said.Parent!)} {said.Command.Name}" : "";

    /// <summary>The first signal asks the run to stop. If it does not, the next one ends the process as the system would.</summary>
    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        if (stop.IsCancellationRequested) return;
        context.Cancel = true;
        stop.Cancel();
    }
}
