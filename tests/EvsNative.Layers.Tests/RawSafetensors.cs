using System.Buffers.Binary;
using System.Text;

namespace EvsNative.Layers.Tests;

/// <summary>Bytes of safetensors files, right and wrong ones.</summary>
internal static class RawSafetensors
{
    /// <summary>A header's length, the header and the data, whatever they say.</summary>
    public static byte[] File(string header, int dataBytes) => File(Encoding.UTF8.GetBytes(header), new byte[dataBytes]);

    /// <summary>A header's length, the header and the data, whatever they say.</summary>
    public static byte[] File(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        byte[] bytes = new byte[8 + header.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes.AsSpan(8));
        data.CopyTo(bytes.AsSpan(8 + header.Length));
        return bytes;
    }

    /// <summary>One tensor's entry of a header.</summary>
    public static string Entry(string name, string type, string shape, long begin, long end) =>
        $$"""
        "{{name}}":{"dtype":"{{type}}","shape":[{{shape}}],"data_offsets":[{{begin}},{{end}}]}
        """;

    /// <summary>A file of one tensor with these bytes.</summary>
    public static byte[] OneTensor(string type, string shape, ReadOnlySpan<byte> data) =>
        File(Encoding.UTF8.GetBytes($"{{{Entry("x", type, shape, 0, data.Length)}}}"), data);
}
