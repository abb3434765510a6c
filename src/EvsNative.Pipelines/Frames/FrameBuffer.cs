using FFMpegCore.Pipes;

namespace EvsNative.Pipelines.Frames;

/// <summary>Collects raw bytes from ffmpeg in one array that grows as needed, up to a number of bytes.</summary>
internal sealed class FrameBuffer(long expected, long most) : IPipeSink
{
    private byte[] _bytes = new byte[Math.Clamp(Math.Min(expected, most), 1, Array.MaxLength)];
    private long _length;

    /// <summary>Whether more came than an array can hold.</summary>
    public bool Overflowed { get; private set; }

    public long Length => _length;

    public string GetStreamArguments() => "";

    /// <summary>Reads to the end. The token is left alone: it also falls when ffmpeg has ended well and its last frames are still in the pipe.</summary>
    public async Task ReadAsync(Stream inputStream, CancellationToken cancellationToken)
    {
        byte[] one = new byte[1];
        while (true)
        {
            bool full = _length == _bytes.Length;
            int read = await inputStream.ReadAsync(full ? one : _bytes.AsMemory((int)_length), CancellationToken.None).ConfigureAwait(false);
            if (read == 0) return;
            if (full && !Grow())
            {
                Overflowed = true;
                return;
            }

            if (full) _bytes[_length] = one[0];
            _length += read;
        }
    }

    /// <summary>Exactly the bytes that came.</summary>
    public byte[] Take()
    {
        Array.Resize(ref _bytes, (int)_length);
        return _bytes;
    }

    private bool Grow()
    {
        if (_bytes.Length == Array.MaxLength) return false;
        Array.Resize(ref _bytes, (int)Math.Min(_bytes.Length + Math.Max(_bytes.Length / 2L, 1 << 20), Array.MaxLength));
        return true;
    }
}
