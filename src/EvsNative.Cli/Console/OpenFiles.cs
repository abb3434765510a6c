using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EvsNative.Cli;

/// <summary>
/// How many files may be open at once. The runtime opens each of its libraries; where one more is refused it aborts or speaks of missing
/// files and memory, so the limit is asked for at the start. Uses nothing but the core library, whose files are open.
/// </summary>
internal static class OpenFiles
{
    /// <summary>A run of the demo opens about 110, a model in many parts or a GPU's driver some more.</summary>
    private const int Least = 128;

    private const int OutputDescriptor = 1, ErrorDescriptor = 2;
    private const int TooManyHere = 24, TooManyInAll = 23;

    /// <summary>Whether the limit is too low, after saying so in one line, and to scripts as an object.</summary>
    /// <param name="args">the command line</param>
    public static bool AreTooFew(string[] args)
    {
        if (Limit() is not { } limit || limit >= Least) return false;
        string line = Sentence(limit);
        Write(ErrorDescriptor, $"evsnative: {line}\n");
        // By hand: what writes JSON is in a library that cannot be opened. The sentence has nothing that needs care.
        if (Array.IndexOf(args, "--json") >= 0)
            Write(OutputDescriptor, $"{{\n  \"error\": {{ \"code\": \"system\", \"message\": \"{line}\", \"details\": [] }}\n}}\n");
        return true;
    }

    /// <summary>Whether an exception says that no further file could be opened.</summary>
    public static bool AreSpent(Exception e) => e switch
    {
        IOException => e.HResult is TooManyHere or TooManyInAll,
        System.Net.Sockets.SocketException socket => socket.SocketErrorCode == System.Net.Sockets.SocketError.TooManyOpenSockets,
        System.ComponentModel.Win32Exception system => OperatingSystem.IsLinux() && system.NativeErrorCode is TooManyHere or TooManyInAll,
        _ => false,
    };

    /// <summary>The line.</summary>
    /// <param name="limit">files that may be open; null if that is not known</param>
    public static string Sentence(int? limit = null)
    {
        string most = limit is null ? "" : $" ({limit} may be open at once, {Least} are needed)";
        return $"too many open files{most}: raise the limit, with 'ulimit -n 1024' before the command";
    }

    private static void Write(int descriptor, string text)
    {
        try
        {
            using var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Nobody listens; the exit code says it.
        }
    }

    /// <summary>The limit of this process; null where the system does not tell it in a file.</summary>
    private static int? Limit()
    {
        const string name = "Max open files";
        try
        {
            foreach (string line in File.ReadAllLines("/proc/self/limits"))
            {
                if (!line.StartsWith(name, StringComparison.Ordinal)) continue;
                string number = line[name.Length..].TrimStart().Split(' ')[0];
                return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) ? limit : null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another system, or a container without /proc.
        }

        return null;
    }
}
