using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli;

/// <summary>The commands, and what becomes of an error: one line and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Signals that ask for an end: Ctrl-C, a polite kill, a terminal that closes.</summary>
    private static readonly PosixSignal[] Ends = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];

    /// <summary>
    /// SIGXFSZ of Linux and macOS: a file has reached the largest size that this process may write. Unheeded it ends the process without a
    /// word; heeded, the write fails and is told as such. The framework takes a number where it has no name.
    /// </summary>
    private const PosixSignal FileTooLarge = (PosixSignal)25;

    /// <summary>Columns of the terminal, as far as help fills them well.</summary>
    private static int HelpWidth => Console.IsOutputRedirected ? 80 : Math.Clamp(Screen.Columns - 1, 60, 120);

    /// <summary>Runs as the program of this process, with a line for what no command catches.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int RunProcess(string[] args)
    {
        Screen.Open();
        AppDomain.CurrentDomain.UnhandledException += (_, said) =>
            Environment.Exit(said.ExceptionObject is Exception fault ? Faults.Report(fault, json: false) : Faults.Bug);
        TaskScheduler.UnobservedTaskException += (_, said) =>
        {
            said.SetObserved();
            Faults.Say($"meanwhile: {Faults.Of(said.Exception).Message}");
        };
        return Run(args);
    }

    /// <summary>0: done. 1: a bug. 2: something given cannot be used. 130: stopped by the user.</summary>
    public static int Run(string[] args)
    {
        var told = new NoticeLog(null);
        bool isScript = false;
        try
        {
            using var stop = new CancellationTokenSource();
            using var signals = new Signals(stop);
            bool isFull = args is [.., "--help" or "-h" or "-?", "all"];
            // "--help all" is one word more than the parser's help takes.
            var parsed = Parse(Root(isFull, args, told, stop.Token), isFull ? args[..^1] : args);
            isScript = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Any(token => token.Value == "--json");
            if (WordFaults.Find(parsed) is { } fault) return Faults.Report(fault, isScript);

            using var page = new StringWriter(CultureInfo.InvariantCulture);
            int code = parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = page,
            });
            if (page.ToString() is { Length: > 0 } help) Screen.ShowText(help);
            return code;
        }
#pragma warning disable CA1031 // the last resort of a program: no stack trace reaches the user
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return Faults.Report(fault, isScript, told.All);
        }
    }

    private static RootCommand Root(bool isFull, string[] args, NoticeLog told, CancellationToken stop)
    {
        var root = new RootCommand("Turns a weak text-to-video clip into a sharp and steady one (EVS: Encapsulated Video Synthesizer).");
        Add(RefineCommand.Name, RefineCommand.About, () => RefineCommand.Create(told, stop));
        Add(PlanCommand.Name, PlanCommand.About, () => PlanCommand.Create(told, stop));
        Add(ScoreCommand.Name, ScoreCommand.About, () => ScoreCommand.Create(told, stop));
        Add(CompareCommand.Name, CompareCommand.About, () => CompareCommand.Create(told, stop));
        Add(DoctorCommand.Name, DoctorCommand.About, () => DoctorCommand.Create(stop));
        Add(RunsCommand.Name, RunsCommand.About, RunsCommand.Create);
        Add(InspectCommand.Name, InspectCommand.About, () => InspectCommand.Create(stop));
        Add(WeightsCommand.Name, WeightsCommand.About, () => WeightsCommand.Create(told, stop));
        Add(PullCommand.Name, PullCommand.About, () => PullCommand.Create(told, stop));
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpPage(isFull, HelpWidth);
            help.Description = "this text; behind a command its own, with 'all' every setting";
        }

        foreach (var version in root.Options.OfType<VersionOption>()) version.Description = "the version of the program";
        return root;

        // A command that no word names is there for the help alone: making the settings of all takes longer than the help itself.
        void Add(string name, string about, Func<Command> create) =>
            root.Add(args.Any(word => word.Contains(name, StringComparison.Ordinal)) ? create() : new Command(name, about));
    }

    /// <summary>
    /// A prompt may begin with @, which is no response file here. An option with an empty value, as <c>--prompt=</c>, would be given the
    /// next word by the parser: the value is a word of its own.
    /// </summary>
    private static ParseResult Parse(RootCommand root, string[] args)
    {
        if (args.Length == 0) args = ["--help"];
        int options = Array.IndexOf(args, "--") is var dashes and >= 0 ? dashes : args.Length;
        var words = args.SelectMany((word, i) => i < options && IsEmptyValue(word) ? [word[..^1], ""] : new[] { word });
        return root.Parse([.. words], new ParserConfiguration { ResponseFileTokenReplacer = null });

        static bool IsEmptyValue(string word) =>
            word is ['-', '-', _, .., '='] && word.IndexOf('=', StringComparison.Ordinal) == word.Length - 1;
    }

    /// <summary>The first signal asks the run to stop. If it does not, the next one ends the process as the system would.</summary>
    private sealed class Signals(CancellationTokenSource stop) : IDisposable
    {
        private readonly PosixSignalRegistration[] _watched = [.. Ends.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            if (stop.IsCancellationRequested) return;
            context.Cancel = true;
            stop.Cancel();
        }))];

        private readonly PosixSignalRegistration? _full = OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create(FileTooLarge, context => context.Cancel = true);

        public void Dispose()
        {
            foreach (var watched in _watched) watched.Dispose();
            _full?.Dispose();
        }
    }
}
