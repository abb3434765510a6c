using System.Globalization;
using EvsNative.Layers;
using Spectre.Console;

namespace EvsNative.Cli;

/// <summary>
/// The output and the error stream; nothing else in the program writes to them. Whatever is shown has been made fit for a terminal, and
/// what goes out goes out whole: a stream that fails is told of by its name, and never fails the teller.
/// </summary>
internal static class Screen
{
    private const int Output = 1, UsualColumns = 80, NoLimit = 10_000;
    private const int NoSpace = 28, NoQuota = 122, NoSpaceWindows = unchecked((int)0x80070070), NoTerminal = 5;

    /// <summary>The error stream. Writing to it never throws.</summary>
    public static TextWriter Error { get; } = new ErrorWriter();

    /// <summary>Columns of the terminal; 80 where there is none.</summary>
    public static int Columns
    {
        get
        {
            try
            {
                return Console.WindowWidth > 0 ? Console.WindowWidth : UsualColumns;
            }
            catch (Exception e) when (e is IOException or PlatformNotSupportedException)
            {
                return UsualColumns;
            }
        }
    }

    /// <summary>Opens both streams, which a later moment may have no file handle for.</summary>
    public static void Open() => _ = (Console.Out, Console.Error);

    /// <summary>One line on the error stream.</summary>
    public static void Complain(string line) => Error.WriteLine(InputText.OneLine(line));

    /// <summary>Lines on the output.</summary>
    /// <exception cref="LostOutputException">the stream takes nothing</exception>
    public static void Show(params IEnumerable<string> lines) =>
        Put(string.Concat(lines.Select(line => InputText.Shown(line) + Environment.NewLine)));

    /// <summary>A text of several lines on the output, such as a help page.</summary>
    /// <exception cref="LostOutputException">the stream takes nothing</exception>
    public static void ShowText(string text) => Show(text.TrimEnd().ReplaceLineEndings("\n").Split('\n'));

    /// <summary>JSON on the output.</summary>
    /// <exception cref="LostOutputException">the stream takes nothing</exception>
    public static void ShowJson(string json) => Put(InputText.Json(json) + Environment.NewLine);

    /// <summary>Tables on the output; in a pipe they are as wide as what they hold, and lines have no blanks at their ends.</summary>
    /// <exception cref="LostOutputException">the stream takes nothing</exception>
    public static void Draw(Action<IAnsiConsole> draw)
    {
        using var drawn = new StringWriter(CultureInfo.InvariantCulture);
        bool isTerminal = !Console.IsOutputRedirected;
        draw(Terminal(drawn, isTerminal, isTerminal ? Columns : NoLimit));
        string text = drawn.ToString();
        Put(isTerminal ? text : string.Join('\n', text.Split('\n').Select(line => line.TrimEnd())));
    }

    /// <summary>Shows what is not a command's purpose. Says why it could not be shown; null if it was.</summary>
    public static string? Try(Action show)
    {
        try
        {
            show();
            return null;
        }
        catch (LostOutputException e)
        {
            return e.Message;
        }
    }

    /// <summary>The error stream with a bar on it, if somebody sees it.</summary>
    public static IAnsiConsole ErrorTerminal() => Terminal(Error, !Console.IsErrorRedirected, Columns);

    private static IAnsiConsole Terminal(TextWriter to, bool isTerminal, int columns)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new ScreenOutput(to, isTerminal, columns),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        console.Pipeline.Attach(new ShownText());
        return console;
    }

    private static void Put(string text)
    {
        if (Descriptor.IsClosed(Output)) throw new LostOutputException("the output stream is closed");
        try
        {
            Console.Out.Write(text);
            Console.Out.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new LostOutputException($"the output stream {Reason(e)}", e);
        }
    }

    private static string Reason(Exception e) => e switch
    {
        { HResult: NoSpace or NoQuota or NoSpaceWindows } => "is on a full disk",
        { HResult: NoTerminal } => "was a terminal that is gone",
        IOException => $"fails: {InputText.OneLine(e.Message).TrimEnd('.')}",
        _ => "is closed",
    };

    private sealed class ScreenOutput(TextWriter to, bool isTerminal, int columns) : IAnsiConsoleOutput
    {
        public TextWriter Writer => to;

        public bool IsTerminal => isTerminal;

        public int Width => columns;

        public int Height => 24;

        public void SetEncoding(System.Text.Encoding encoding) { }
    }
}

/// <summary>The output stream takes nothing: it is full or closed.</summary>
internal sealed class LostOutputException(string message, Exception? cause = null) : Exception(message, cause);
