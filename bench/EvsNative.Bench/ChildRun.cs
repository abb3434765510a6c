using System.Diagnostics;
using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>A program that ran to its end.</summary>
/// <param name="Output">what it printed</param>
/// <param name="Seconds">from its start to its end</param>
/// <param name="PeakBytes">most memory that it ever had resident: VmHWM of Linux</param>
internal sealed record ChildRun(string Output, double Seconds, long PeakBytes)
{
    private const int PollMilliseconds = 20;
    private const string Peak = "VmHWM:";

    /// <summary>Runs a program and watches its memory from outside, in the same way whoever it is.</summary>
    /// <exception cref="InputException">the system tells no peak, or the program failed</exception>
    public static ChildRun Of(ProcessStartInfo start)
    {
        if (!OperatingSystem.IsLinux())
            throw new InputException(InputCode.Unsupported, "peak memory is read from /proc: run this on Linux");
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        long peak = 0;
        // The mark only ever rises, so the last reading before the end misses at most what happened within a few milliseconds of it.
        while (!process.WaitForExit(PollMilliseconds)) peak = Math.Max(peak, PeakOf(process.Id));
        process.WaitForExit();
        double seconds = clock.Elapsed.TotalSeconds;
        return process.ExitCode == 0
            ? new ChildRun(output.Result, seconds, peak)
            : throw new InputException(
                InputCode.ToolFailed,
                $"{string.Join(' ', start.ArgumentList.Prepend(start.FileName))}: "
                + $"ended with exit code {process.ExitCode}, its complaint stands above");
    }

    /// <summary>Most memory that a running process ever had resident, bytes; 0 if it is gone or the system does not tell.</summary>
    internal static long PeakOf(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(text => text.StartsWith(Peak, StringComparison.Ordinal));
            return line is null
                ? 0
                : 1024 * long.Parse(line[Peak.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
