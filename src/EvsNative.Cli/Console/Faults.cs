using System.ComponentModel;
using System.Net.Sockets;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli;

/// <summary>What ended a command.</summary>
/// <param name="ExitCode">of the process</param>
/// <param name="Code">
/// the kind, for scripts: the word of an <see cref="InputCode"/>, <c>device</c>, <c>memory</c>, <c>system</c>, <c>stopped</c>,
/// <c>internal</c>
/// </param>
/// <param name="Message">one line</param>
/// <param name="Details">further lines</param>
internal sealed record Fault(int ExitCode, string Code, string Message, IReadOnlyList<string> Details);

/// <summary>Errors as users see them: one line on the error stream, then a list where one helps; for scripts an object as well.</summary>
internal static class Faults
{
    public const int Bug = 1;
    public const int SomeFailed = 1;
    public const int UnusableInput = 2;
    public const int Stopped = 130;

    private const int MostDetails = 40;

    /// <summary>Prints an error and gives the exit code. EVSNATIVE_TRACE=1 adds the stack trace.</summary>
    /// <param name="exception">what was thrown</param>
    /// <param name="json">true if a script listens: the error is an object on the output too</param>
    /// <param name="warnings">what was said before</param>
    public static int Report(Exception exception, bool json, IReadOnlyList<Notice>? warnings = null)
    {
        if (Environment.GetEnvironmentVariable("EVSNATIVE_TRACE") == "1")
        {
            foreach (string line in $"{exception}".Split('\n')) Screen.Complain(line);
        }

        return Report(Of(exception), json, warnings);
    }

    /// <inheritdoc cref="Report(Exception, bool, IReadOnlyList{Notice})"/>
    public static int Report(Fault fault, bool json, IReadOnlyList<Notice>? warnings = null)
    {
        Say(fault.Message);
        string[] details = [.. fault.Details.Take(MostDetails).Select(InputText.Line)];
        if (fault.Details.Count > MostDetails) details = [.. details, $"and {fault.Details.Count - MostDetails} more"];
        foreach (string detail in details) Screen.Error.WriteLine($"  {detail}");
        if (!json) return fault.ExitCode;

        // If the output takes nothing, the line on the error stream and the exit code have said it.
        _ = Screen.Try(() => ScriptOutput.Write(new
        {
            error = new { fault.Code, message = InputText.Line(fault.Message), details },
            warnings = Words(warnings ?? []),
        }));
        return fault.ExitCode;
    }

    /// <summary>Notices for scripts.</summary>
    public static IEnumerable<object> Words(IEnumerable<Notice> notices) =>
        notices.Select(notice => new { code = notice.Code.Word(), notice.Message });

    /// <summary>One line on the error stream.</summary>
    public static void Say(string line) => Screen.Complain(Line(line));

    /// <summary>A line as the program says it.</summary>
    public static string Line(string line) => $"evsnative: {InputText.Line(line)}";

    /// <summary>What an exception is to a user: the first of its causes that is known, whatever it is wrapped in.</summary>
    public static Fault Of(Exception exception)
    {
        Exception[] causes = [.. Causes(exception)];
        if (causes.Any(OpenFiles.AreSpent)) return Of("system", OpenFiles.Sentence());
        if (causes.Select(Known).FirstOrDefault(fault => fault is not null) is { } known) return known;
        var inner = causes[^1];
        return new Fault(
            Bug,
            "internal",
            $"internal error, please report it: {inner.GetType().Name}: {inner.Message} (EVSNATIVE_TRACE=1 shows where)",
            []);
    }

    private static Fault? Known(Exception exception) => exception switch
    {
        RunStoppedException kept => new Fault(Stopped, "stopped", kept.Message, []),
        OperationCanceledException => new Fault(Stopped, "stopped", "stopped; nothing was written", []),
        InputException input => new Fault(UnusableInput, input.Code.Word(), input.Message, input.Details),
        DeviceException device => Of("device", device.Message),
        LostOutputException lost => Of(InputCode.NotWritable.Word(), $"{lost.Message}: nothing can be shown there"),
        OutOfMemoryException => Of(
            "memory",
            "this machine's memory does not suffice: use a smaller clip, fewer frames or --frames-per-pass 1 "
                + "('evsnative plan' tells the need)"),
        // A library of the program itself, by its name and version.
        FileNotFoundException { FileName: { } file } when file.Contains(", Version=", StringComparison.Ordinal) => Missing(file),
        FileLoadException { FileName: { } file } => Missing(file),
        BadImageFormatException { FileName: { } file } => Missing(file),
        DllNotFoundException or EntryPointNotFoundException => Of(
            "system", $"a library of this system is missing or too old: {First(exception.Message)}: install it"),
        SocketException or Win32Exception => Of("system", $"this system refused: {First(exception.Message)}: try again, or report it"),
        IOException or UnauthorizedAccessException => Of(InputCode.Unreadable.Word(), exception.Message),
        _ => null,
    };

    private static Fault Of(string code, string message) => new(UnusableInput, code, message, []);

    private static Fault Missing(string file)
    {
        string name = InputText.Quote(Path.GetFileName(file.Split(',')[0]));
        return Of("system", $"a file of this program is missing or damaged, {name}: install it again");
    }

    /// <summary>The first sentence of what the system says, without its full stop.</summary>
    private static string First(string message) => InputText.OneLine(message.Split('\n')[0].Split(". ")[0]).TrimEnd('.');

    /// <summary>An exception and what it wraps, the outermost first.</summary>
    private static IEnumerable<Exception> Causes(Exception exception)
    {
        IEnumerable<Exception> inner = exception is AggregateException all ? all.InnerExceptions
            : exception.InnerException is { } one ? [one] : [];
        return inner.SelectMany(Causes).Prepend(exception);
    }
}
