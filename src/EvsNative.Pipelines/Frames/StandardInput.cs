using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// A clip from the standard input, kept in a file of the temporary folder so that it can be looked at and read several times. The file goes
/// with this, or with the process; what a killed one left, the next one takes away.
/// </summary>
internal sealed class StandardInput : IDisposable
{
    /// <summary>What stands for it on a command line.</summary>
    public const string Word = "-";

    /// <summary>What messages call it.</summary>
    public const string Name = "the standard input";

    private const string Kept = "evsnative-input";

    private readonly Workshop _workshop;

    private StandardInput(Workshop workshop)
    {
        _workshop = workshop;
        AppDomain.CurrentDomain.ProcessExit += AtExit;
    }

    /// <summary>The file.</summary>
    public string Path => _workshop.New;

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">the standard input</param>
    /// <param name="cancellation">stops it, even while nothing comes</param>
    /// <param name="folder">where to keep it; the system's folder for temporary files if absent</param>
    /// <exception cref="InputException">nothing came, or there is no room for it</exception>
    public static StandardInput Take(Stream stream, CancellationToken cancellation, string? folder = null)
    {
        var place = OutputPlace.Of(System.IO.Path.Combine(folder ?? System.IO.Path.GetTempPath(), Kept));
        Leftovers.Sweep(place, null);
        var input = new StandardInput(Workshop.Open(place));
        try
        {
            // A read of a pipe that nobody writes to cannot be stopped; it is left behind.
            Task.Run(() => input.Copy(stream, cancellation), CancellationToken.None).WaitAsync(cancellation).GetAwaiter().GetResult();
            if (new FileInfo(input.Path).Length == 0)
                throw new InputException(InputCode.WrongKind, $"{Name} is empty: lead a clip into it, as in 'cat clip.mp4 | ...'");
            return input;
        }
        catch (Exception e)
        {
            input.Dispose();
            if (StorageFault.Is(e)) throw StorageFault.Writing(e, $"a copy of {Name} in {place.Folder} (TMPDIR names another folder)");
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= AtExit;
        _workshop.Dispose();
    }

    private void AtExit(object? sender, EventArgs e) => _workshop.Dispose();

    private void Copy(Stream stream, CancellationToken cancellation)
    {
        const int PartBytes = 1 << 20;
        using var file = File.Create(Path);
        byte[] part = new byte[PartBytes];
        while (stream.Read(part) is > 0 and var count)
        {
            cancellation.ThrowIfCancellationRequested();
            file.Write(part.AsSpan(0, count));
        }
    }
}
