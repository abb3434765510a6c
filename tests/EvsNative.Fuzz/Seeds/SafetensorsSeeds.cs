using System.Buffers.Binary;
using System.Text.Json;

namespace EvsNative.Fuzz.Seeds;

/// <summary>Small files in the safetensors format.</summary>
internal static class SafetensorsSeeds
{
    /// <summary>Bytes of the header's length, which come first.</summary>
    public const int LengthBytes = 8;

    private const string Metadata =
        """
        {"__metadata__":{"format":"pt","modelspec.title":"AnimateDiff-Lightning 4"},
        "w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}
        """;

    /// <summary>Files of every type of numbers, of one tensor, of none, and with metadata.</summary>
    public static IReadOnlyList<byte[]> All { get; } =
    [
        Of(
        [
            ("a.weight", "F32", [2, 3]), ("b.bias", "F16", [4]), ("c", "BF16", [1, 2, 2]), ("d", "F64", []), ("e", "U8", [3]),
            ("f", "I64", [0, 5]), ("g", "F8_E4M3", [2]), ("h", "BOOL", [1]),
        ]),
        Of([("x", "F32", [1])]),
        Of([]),
        File(System.Text.Encoding.UTF8.GetBytes(Metadata), new byte[16], Metadata.Length),
    ];

    /// <summary>A file of these tensors, filled with zeros.</summary>
    public static byte[] Of(
        IEnumerable<(string Name, string Type, long[] Shape)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        long at = 0;
        var header = new Dictionary<string, object>();
        if (metadata is not null) header["__metadata__"] = metadata;
        foreach (var (name, type, shape) in tensors)
        {
            long end = at + shape.Aggregate(BytesOf(type), (bytes, side) => bytes * side);
            header[name] = new { dtype = type, shape, data_offsets = new[] { at, end } };
            at = end;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        return File(json, new byte[at], json.Length);
    }

    /// <summary>The three parts in one.</summary>
    /// <param name="header">JSON, or what else</param>
    /// <param name="numbers">the tensors</param>
    /// <param name="length">what the file says of the header's length</param>
    public static byte[] File(byte[] header, byte[] numbers, long length)
    {
        byte[] said = new byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(said, length);
        return [.. said, .. header, .. numbers];
    }

    private static long BytesOf(string type) => type switch
    {
        "F64" or "I64" => 8,
        "F16" or "BF16" => 2,
        "U8" or "BOOL" or "F8_E4M3" => 1,
        _ => 4,
    };
}
