using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>
/// The program: its commands in this process, or as a process of its own where signals, memory or the environment matter.
/// </summary>
internal static class Evs
{
    // Signals 1 and 2.
    private const long HangUp = 1 << 0, Interrupt = 1 << 1;

    private static readonly Lock Console = new();

    private static bool IgnoresSignals { get; } = OperatingSystem.IsLinux() && (long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)).Split('\t')[1],
            NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (HangUp | Interrupt)) != 0;

    /// <summary>Runs a command here. There is one console, so one command at a time.</summary>
    public static Outcome Run(params string[] args) => RunOn(null, null, args);

    /// <summary>Runs a command here with other variables of the environment, of which there is one as there is one console.</summary>
    public static Outcome RunIn(IReadOnlyDictionary<string, string?> variables, params string[] args) => Watch(() =>
    {
        var before = variables.Keys.ToDictionary(name => name, Environment.GetEnvironmentVariable);
        try
        {
            foreach (var (name, value) in variables) Environment.SetEnvironmentVariable(name, value);
            return CommandLine.Run(args);
        }
        finally
        {
            foreach (var (name, value) in before) Environment.SetEnvironmentVariable(name, value);
        }
    });

    /// <summary>Runs a command here, on streams of its own where they are given.</summary>
    public static Outcome RunOn(TextWriter? to, TextWriter? errorTo, params string[] args) =>
        Watch(() => CommandLine.Run(args), to, errorTo);

    /// <summary>Does something here that writes to the console and gives an exit code.</summary>
    public static Outcome Watch(Func<int> run, TextWriter? to = null, TextWriter? errorTo = null)
    {
        lock (Console)
        {
            var (output, error) = (System.Console.Out, System.Console.Error);
            using StringWriter said = new(), complained = new();
            try
            {
                System.Console.SetOut(to ?? said);
                System.Console.SetError(errorTo ?? complained);
                return new Outcome(run(), said.ToString(), complained.ToString());
            }
            finally
            {
                System.Console.SetOut(output);
                System.Console.SetError(error);
            }
        }
    }

    /// <summary>Starts a process of its own.</summary>
    /// <param name="folder">where it works</param>
    /// <param name="args">its arguments</param>
    /// <param name="searchPath">where it looks for ffmpeg, if elsewhere than here</param>
    /// <param name="through">a command that starts it, with its arguments</param>
    /// <param name="environment">what its environment has beside this one's</param>
    public static Process Start(string folder, string[] args, string? searchPath = null, string[]? through = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        // The folder of the framework (Microsoft.NETCore.App, its version) lies three folders below the host that runs this very test.
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows()
            ? "dotnet.exe" : "dotnet"));
        string[] command = [.. through ?? [], host, Path.Combine(AppContext.BaseDirectory, "evsnative.dll"), .. args];
        // Shells let their background jobs ignore Ctrl-C, nohup lets its command ignore the terminal's end; so would every child of theirs.
        if (IgnoresSignals) command = ["env", "--default-signal=INT,HUP", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (searchPath is not null) start.Environment["PATH"] = searchPath;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Waits for its end.</summary>
    public static async Task<Outcome> Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Outcome(process.ExitCode, await output, await error);
    }

    /// <summary>Runs a process of its own to its end.</summary>
    public static async Task<Outcome> RunProcess(
        string folder, string[] args, string? searchPath = null, string[]? through = null, IReadOnlyDictionary<string,
            string>? environment = null)
    {
        using var process = Start(folder, args, searchPath, through, environment);
        return await Finish(process);
    }
}
