using System.Diagnostics;
using System.Text;
using EvsNative.Layers;

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
        using var process = Process.Start(ToolStart.Of(program, arguments))!;
        process.StandardInput.Close();
        using var kill = cancellation.Register(() => Kill(process));
        var output = Task.Run(() => Read(process.StandardOutput), CancellationToken.None);
        var error = Task.Run(() => Read(process.StandardError), CancellationToken.None);
        Task.WaitAll([output, error], CancellationToken.None);
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return new ToolResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>All that a program says, of which no more is kept than a file of JSON may have.</summary>
    private static string Read(StreamReader reader)
    {
        var said = new StringBuilder();
        char[] part = new char[4096];
        while (reader.Read(part) is > 0 and var count)
            if (said.Length < InputLimits.JsonBytes) said.Append(part, 0, count);
        return said.ToString();
    }

    /// <summary>Ends a program and all that it started: a script in its place would leave its child alive, and its outputs open.</summary>
    public static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }
}

/// <summary>What a run of a program left.</summary>
internal readonly record struct ToolResult(int ExitCode, string Output, string Error);
