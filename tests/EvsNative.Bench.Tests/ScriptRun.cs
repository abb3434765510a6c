using System.Diagnostics;
using System.Text.Json;
using EvsNative.Testing;

namespace EvsNative.Bench.Tests;

/// <summary>
/// A run of <c>bench/gpu-there.sh</c> with programs that are scripts: they note how they were called and do what a test says. So the
/// script's own part is tried in a second: order, limits, what is kept, what switches tensor cores off.
/// </summary>
internal sealed class ScriptRun : IDisposable
{
    /// <summary>A program: notes its call, then prints a row and writes a line of JSON where it is asked for a file.</summary>
    private const string Program = """
        #!/usr/bin/env bash
        name=$(basename "$0") json='' before=''
        for word; do [ "$before" = --json ] && json=$word; before=$word; done
        echo "$name $* [${EVSNATIVE_KERNELS:-}] [${EVSNATIVE_SYNC:-}]" >>"$CALLS"
        case $json in */*) echo "{\"of\":\"$name $1\"}" >"$json" ;; *) json=/dev/null ;; esac
        echo "| $name $1 | ran |"

        """;

    private readonly TemporaryFolder _folder = new();

    /// <param name="behaviour">lines of bash that each program ends with: $name is its name, $* its words, $json its file</param>
    /// <param name="tools">further programs that the machine has</param>
    public ScriptRun(string behaviour = "", params ReadOnlySpan<string> tools)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("The script is for Linux.");
        foreach (string name in (string[])["evsnative", "EvsNative.Bench"]) Write($"load/{name}", Program + behaviour);

        // A machine without torch, whatever the one has that the test runs on.
        Write("tools/python3", "#!/bin/sh\nexit 1\n");
        foreach (string tool in tools) Write($"tools/{tool}", Program + behaviour);
    }

    /// <summary>Limits of steps are two seconds, whatever the script says.</summary>
    public bool HasFastClock
    {
        init => Write("tools/timeout", "#!/usr/bin/env bash\nPATH=${PATH#*:} exec timeout -k 3 2 \"${@:4}\"\n");
    }

    /// <summary>Where the script was told to put its results.</summary>
    public string Out => Path.Combine(_folder.Path, "out");

    /// <summary>The page.</summary>
    public string Page => File.ReadAllText(Path.Combine(Out, "table.md"));

    /// <summary>How the programs were called, in order.</summary>
    public string[] Calls => File.Exists(CallsPath) ? File.ReadAllLines(CallsPath) : [];

    /// <summary>All lines of all steps.</summary>
    public IReadOnlyList<JsonElement> Results
    {
        get
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Out, "results.json")));
            return [.. json.RootElement.EnumerateArray().Select(line => line.Clone())];
        }
    }

    /// <summary>The steps that ended, with their codes.</summary>
    public (string Step, int Code)[] Steps =>
    [
        .. Results.Where(line => line.TryGetProperty("step", out _))
            .Select(line => (line.GetProperty("step").GetString()!, line.GetProperty("code").GetInt32())),
    ];

    private string CallsPath => Path.Combine(_folder.Path, "calls.txt");

    /// <summary>Runs it to its end.</summary>
    /// <returns>its exit code</returns>
    public int Do(string steps, params string[] more)
    {
        using var process = Start(steps, more);
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Starts it.</summary>
    public Process Start(string steps, params string[] more)
    {
        string load = Path.Combine(_folder.Path, "load");
        string[] words = [Repository.File("bench", "gpu-there.sh"), "--load", load, "--steps", steps, .. more, Out];
        var start = new ProcessStartInfo("bash", words) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CALLS"] = CallsPath;
        start.Environment["PATH"] = $"{Path.Combine(_folder.Path, "tools")}:{Environment.GetEnvironmentVariable("PATH")}";
        foreach (string name in (string[])["EVSNATIVE_KERNELS", "EVSNATIVE_SYNC", "OUT"]) start.Environment.Remove(name);
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Takes the permission to start them from the programs.</summary>
    public void Forbid()
    {
        foreach (string program in Directory.GetFiles(Path.Combine(_folder.Path, "load"))) Allow(program, 0b110_100_100);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string text)
    {
        string path = _folder[name];
        File.WriteAllText(path, text);
        Allow(path, 0b111_101_101);
    }

    private static void Allow(string path, int mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)mode);
    }
}
