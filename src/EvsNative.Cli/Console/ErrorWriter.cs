using System.Text;

namespace EvsNative.Cli;

/// <summary>The error stream for the last words of a program: if it takes nothing there is nobody to tell, so nothing is thrown.</summary>
internal sealed class ErrorWriter : TextWriter
{
    private const int Error = 2;

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => Console.Error.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => Console.Error.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => Console.Error.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => Console.Error.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(Console.Error.Flush);

    private static void Try(Action write)
    {
        if (Descriptor.IsClosed(Error)) return;
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // Full, closed, or a terminal that is gone.
        }
    }
}
