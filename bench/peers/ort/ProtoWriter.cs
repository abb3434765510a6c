using System.Buffers.Binary;
using System.Text;

namespace EvsNative.Peers;

/// <summary>The few kinds of fields of protocol buffers that an ONNX file consists of.</summary>
internal sealed class ProtoWriter
{
    private const int VarintKind = 0, BytesKind = 2, FixedKind = 5;

    private readonly MemoryStream _bytes = new();

    /// <summary>An integer, an enumeration or a truth.</summary>
    public ProtoWriter Integer(int field, long value)
    {
        Varint((ulong)((field << 3) | VarintKind));
        Varint((ulong)value);
        return this;
    }

    /// <summary>A float32.</summary>
    public ProtoWriter Single(int field, float value)
    {
        Varint((ulong)((field << 3) | FixedKind));
        Span<byte> four = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(four, value);
        _bytes.Write(four);
        return this;
    }

    /// <summary>A word.</summary>
    public ProtoWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message within this one.</summary>
    public ProtoWriter Message(int field, ProtoWriter inner) => Bytes(field, inner.ToArray());

    /// <summary>Bytes.</summary>
    public ProtoWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint((ulong)((field << 3) | BytesKind));
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>What was written.</summary>
    public byte[] ToArray() => _bytes.ToArray();

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.WriteByte((byte)(value | 0x80));
        _bytes.WriteByte((byte)value);
    }
}
