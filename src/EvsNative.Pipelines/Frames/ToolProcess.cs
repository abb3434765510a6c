using System.Diagnostics;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// One short run of a program for its text: an argument list and no shell, both outputs drained at once so that neither can block the
/// other, killed when cancelled.
/// </summary>
internal static class ToolProcess
{
    public static ToolResult Run(string program, IEnumerable<string> arguments, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var kill = cancellation.Register(() => Kill(process));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        Task.WaitAll([output, error], CancellationToken.None);
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return new ToolResult(process.ExitCode, output.Result, error.Result);
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }
}

/// <summary>What a run of a program left.</summary>
internal readonly record struct ToolResult(int ExitCode, string Output, string Error);
