using Microsoft.Win32.SafeHandles;

namespace EvsNative.Layers;

/// <summary>
/// A stranger's file from which pieces are read where they lie, at places of 64 bits. Nothing is mapped, so what was read does not count as
/// the process's memory. May be read from several threads.
/// </summary>
internal sealed class FileBytes : IDisposable
{
    private readonly SafeFileHandle _handle;

    private FileBytes(string path, SafeFileHandle handle, long length) => (Path, _handle, Length) = (path, handle, length);

    /// <summary>The path, as it was given.</summary>
    public string Path { get; }

    /// <summary>Bytes of the file when it was opened.</summary>
    public long Length { get; }

    /// <summary>Opens an ordinary file.</summary>
    /// <exception cref="InputException">as of <see cref="OrdinaryFile.Open"/></exception>
    public static FileBytes Open(string path)
    {
        var handle = OrdinaryFile.Open(path);
        try
        {
            return new FileBytes(path, handle, RandomAccess.GetLength(handle));
        }
        catch (Exception e)
        {
            handle.Dispose();
            if (StorageFault.Is(e)) throw StorageFault.Reading(e, path);
            throw;
        }
    }

    /// <summary>The first bytes, at most as many as asked for.</summary>
    public byte[] Start(int most)
    {
        byte[] start = new byte[Math.Min(most, Length)];
        ReadExactly(start, 0);
        return start;
    }

    /// <summary>Fills a span with what lies at a place.</summary>
    /// <exception cref="InputException">the file ends before, or the disk fails</exception>
    public void ReadExactly(Span<byte> bytes, long from)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        try
        {
            while (!bytes.IsEmpty)
            {
                int read = RandomAccess.Read(_handle, bytes, from);
                if (read == 0) throw Shorter();
                bytes = bytes[read..];
                from += read;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageFault.Reading(e, Path);
        }
    }

    private InputException Shorter() => new(
        InputCode.Damaged,
        $"{Path}: became shorter while it was read, it ends at byte {RandomAccess.GetLength(_handle)} now: download it again");

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
