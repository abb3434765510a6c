using System.Collections.Concurrent;
using System.Globalization;

namespace EvsNative.Cli;

/// <summary>The process's standard streams as the system sees them.</summary>
internal static class Descriptor
{
    private const int CloseOnExec = 0x80000;

    private static readonly ConcurrentDictionary<int, bool> Closed = new();

    /// <summary>
    /// True if a stream was closed when the program was started. Its number then belongs to the first file that the runtime opened, a pipe
    /// of its own, and what is written there would harm it. Such files are marked to be closed when a program is started, and what a
    /// program was given cannot be. Only Linux tells; false elsewhere, where writing fails.
    /// </summary>
    /// <param name="number">1 for the output, 2 for the error stream</param>
    public static bool IsClosed(int number) => Closed.GetOrAdd(number, Look);

    private static bool Look(int number)
    {
        const string name = "flags:";
        string file = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{number}");
        try
        {
            string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return line is not null && (Convert.ToInt32(line[name.Length..].Trim(), 8) & CloseOnExec) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
