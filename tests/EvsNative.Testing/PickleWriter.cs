using System.Buffers.Binary;
using System.Collections;
using System.Text;

namespace EvsNative.Testing;

/// <summary>
/// Writes Python pickles opcode by opcode, right ones and wrong ones, of protocol 2 as torch.save does. Source: Python's
/// Lib/pickletools.py.
/// </summary>
public sealed class PickleWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>A pickle of protocol 2, or an empty text where it is null.</summary>
    public PickleWriter(int? protocol = 2)
    {
        if (protocol is { } number) Raw([0x80, (byte)number]);
    }

    /// <summary>What was written.</summary>
    public byte[] Bytes => [.. _bytes];

    /// <summary>Any bytes: opcodes with their arguments.</summary>
    public PickleWriter Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Opcodes as letters, one for each byte: <c>"tR"</c>.</summary>
    public PickleWriter Ops(string letters) => Raw(Encoding.Latin1.GetBytes(letters));

    /// <summary>A string: BINUNICODE.</summary>
    public PickleWriter Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Ops("X").Raw(length).Raw(bytes);
    }

    /// <summary>An integer: BININT1, BININT or LONG1.</summary>
    public PickleWriter Whole(long value)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        if (value is >= 0 and < 256) return Ops("K").Raw(bytes[0]);
        return value is >= int.MinValue and <= int.MaxValue ? Ops("J").Raw(bytes.AsSpan(0, 4)) : Raw([0x8A, 8]).Raw(bytes);
    }

    /// <summary>A class or a function by its name: GLOBAL.</summary>
    public PickleWriter Global(string module, string name) => Ops($"c{module}\n{name}\n");

    /// <summary>A tuple of integers.</summary>
    public PickleWriter Wholes(IEnumerable<long> values)
    {
        Ops("(");
        foreach (long value in values) Whole(value);
        return Ops("t");
    }

    /// <summary>A persistent id: the storage of a tensor.</summary>
    /// <param name="storageClass"><c>FloatStorage</c></param>
    /// <param name="key">its name among the storages</param>
    /// <param name="count">elements</param>
    /// <param name="isLegacy">with the part that only the layout before torch 1.6 has</param>
    public PickleWriter Storage(string storageClass, string key, long count, bool isLegacy = false)
    {
        Ops("(").Text("storage").Global("torch", storageClass).Text(key).Text("cpu").Whole(count);
        return Ops(isLegacy ? "NtQ" : "tQ");
    }

    /// <summary>A tensor on the storage of this key.</summary>
    public PickleWriter Tensor(TorchTensor tensor, string key, bool isLegacy = false)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Ops("(");
        Storage(tensor.StorageClass, key, tensor.Values.Length, isLegacy);
        Whole(tensor.Offset).Wholes(tensor.Shape).Wholes(tensor.WrittenStrides);
        return Raw(0x89).Global("collections", "OrderedDict").Ops(")RtR");
    }

    /// <summary>
    /// A value: null, booleans, integers, doubles, strings, lists and dictionaries of such; what is none of them is left to
    /// <paramref name="others"/>.
    /// </summary>
    public PickleWriter Value(object? value, Action<object> others) => value switch
    {
        null => Ops("N"),
        bool isTrue => Raw((byte)(isTrue ? 0x88 : 0x89)),
        int or long => Whole(Convert.ToInt64(value)),
        double number => Number(number),
        string text => Text(text),
        IDictionary dictionary => Dictionary(dictionary, others),
        IEnumerable list => List(list, others),
        _ => Other(value, others),
    };

    private PickleWriter Number(double number)
    {
        byte[] bytes = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
        return Ops("G").Raw(bytes);
    }

    private PickleWriter Dictionary(IDictionary dictionary, Action<object> others)
    {
        Ops("}(");
        foreach (DictionaryEntry entry in dictionary) Value(entry.Key, others).Value(entry.Value, others);
        return Ops("u");
    }

    private PickleWriter List(IEnumerable list, Action<object> others)
    {
        Ops("](");
        foreach (object? item in list) Value(item, others);
        return Ops("e");
    }

    private PickleWriter Other(object value, Action<object> others)
    {
        others(value);
        return this;
    }
}
