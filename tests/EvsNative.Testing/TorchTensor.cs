using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EvsNative.Layers;

namespace EvsNative.Testing;

/// <summary>A tensor as torch.save keeps it: numbers in a storage, and how they are looked at.</summary>
/// <param name="Name">its key in the dictionary</param>
/// <param name="Shape">dimensions; none for a single number</param>
/// <param name="Values">the storage's numbers, which are rounded to the type</param>
/// <param name="Type">F32, F16, BF16, F64, or an integer</param>
public sealed record TorchTensor(string Name, long[] Shape, float[] Values, StoredType Type = StoredType.F32)
{
    /// <summary>Elements from one index of each axis to the next; null for the order of the shape.</summary>
    public long[]? Strides { get; init; }

    /// <summary>The first element.</summary>
    public long Offset { get; init; }

    /// <summary>Tensors with the same word share the storage of the first of them; null for one of its own.</summary>
    public string? Storage { get; init; }

    /// <summary>The strides that are written.</summary>
    public long[] WrittenStrides => Strides ?? Contiguous(Shape);

    /// <summary>The name of the storage's class: <c>FloatStorage</c>.</summary>
    public string StorageClass => Type switch
    {
        StoredType.F32 => "FloatStorage",
        StoredType.F16 => "HalfStorage",
        StoredType.BF16 => "BFloat16Storage",
        StoredType.F64 => "DoubleStorage",
        StoredType.I64 => "LongStorage",
        StoredType.I32 => "IntStorage",
        StoredType.I16 => "ShortStorage",
        StoredType.I8 => "CharStorage",
        StoredType.U8 => "ByteStorage",
        StoredType.Bool => "BoolStorage",
        _ => throw new NotSupportedException($"{Type} has no storage class of its own"),
    };

    /// <summary>The storage's bytes.</summary>
    public byte[] Bytes => BytesOf(Type, Values);

    /// <summary>Numbers in the bytes of a type, little-endian, rounded to nearest even.</summary>
    public static byte[] BytesOf(StoredType type, ReadOnlySpan<float> values)
    {
        if (type == StoredType.F32 && BitConverter.IsLittleEndian) return MemoryMarshal.AsBytes(values).ToArray();
        var bytes = new List<byte>(values.Length * 4);
        byte[] number = new byte[sizeof(double)];
        foreach (float value in values) bytes.AddRange(number.AsSpan(0, Put(type, value, number)));
        return [.. bytes];
    }

    private static int Put(StoredType type, float value, Span<byte> to)
    {
        switch (type)
        {
            case StoredType.F32: BinaryPrimitives.WriteSingleLittleEndian(to, value); return 4;
            case StoredType.F16: BinaryPrimitives.WriteHalfLittleEndian(to, (Half)value); return 2;
            case StoredType.F64: BinaryPrimitives.WriteDoubleLittleEndian(to, value); return 8;
            case StoredType.I64: BinaryPrimitives.WriteInt64LittleEndian(to, (long)value); return 8;
            case StoredType.I32: BinaryPrimitives.WriteInt32LittleEndian(to, (int)value); return 4;
            case StoredType.I16: BinaryPrimitives.WriteInt16LittleEndian(to, (short)value); return 2;
            case StoredType.I8: to[0] = (byte)(sbyte)value; return 1;
            case StoredType.U8 or StoredType.Bool: to[0] = (byte)value; return 1;
            case StoredType.BF16:
                uint bits = BitConverter.SingleToUInt32Bits(value);
                BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
                return 2;
            default: throw new NotSupportedException($"numbers of type {type}");
        }
    }

    private static long[] Contiguous(long[] shape)
    {
        long[] strides = new long[shape.Length];
        long step = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= Math.Max(1, shape[axis]);
        }

        return strides;
    }
}
