using System.Text;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>A stream that fails at the first letter.</summary>
internal sealed class BrokenWriter(Exception failure) : TextWriter
{
    private const int NoSpace = 28, NoTerminal = 5;

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>As /dev/full is.</summary>
    public static BrokenWriter Full => new(new IOException("No space left on device", NoSpace));

    /// <summary>As a stream is that was closed.</summary>
    public static BrokenWriter Closed => new(new UnauthorizedAccessException("Access to the path is denied."));

    /// <summary>As a terminal is that was closed.</summary>
    public static BrokenWriter Gone => new(new IOException("Input/output error", NoTerminal));

    public override void Write(char value) => throw failure;

    public override void Flush() => throw failure;
}
