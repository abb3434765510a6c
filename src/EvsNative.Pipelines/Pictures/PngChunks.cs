using System.Buffers.Binary;
using System.IO.Hashing;

namespace EvsNative.Pipelines.Pictures;

/// <summary>
/// The chunks of a PNG file, one after the other: a length, four letters, data, a checksum. Lengths are held against the file, and the
/// checksums of those chunks that a picture cannot do without.
/// </summary>
internal ref struct PngChunks(ReadOnlySpan<byte> file)
{
    private const int NameBytes = 4, FrameBytes = 12;

    private readonly ReadOnlySpan<byte> _file = file;
    private int _next;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>Four letters.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>What lies in it.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Where its data begin in the file.</summary>
    public int Start { get; private set; }

    /// <summary>Whether a picture cannot be read without it: its first letter is a capital.</summary>
    public readonly bool IsCritical => (Name[0] & 0x20) == 0;

    /// <summary>Goes to the next chunk; false at the end of the file.</summary>
    /// <exception cref="InvalidDataException">what follows is no chunk</exception>
    public bool MoveNext()
    {
        if (_next == 0)
        {
            if (!_file.StartsWith(Signature)) throw new InvalidDataException("its first eight bytes were changed on the way");
            _next = Signature.Length;
        }

        var rest = _file[_next..];
        if (rest.Length < FrameBytes) return false;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - FrameBytes) return false;
        Name = rest.Slice(sizeof(uint), NameBytes);
        Start = _next + sizeof(uint) + NameBytes;
        Data = _file.Slice(Start, (int)length);
        _next += FrameBytes + (int)length;
        var summed = rest.Slice(sizeof(uint), NameBytes + (int)length);
        uint sum = BinaryPrimitives.ReadUInt32BigEndian(rest[(FrameBytes - NameBytes + (int)length)..]);
        if (IsCritical && Crc32.HashToUInt32(summed) != sum)
            throw new InvalidDataException("a checksum in it does not hold");
        return true;
    }
}
