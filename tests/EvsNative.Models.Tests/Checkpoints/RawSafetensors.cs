using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>Safetensors files with numbers of any type, to be read by the product: written apart from its own writer.</summary>
internal static class RawSafetensors
{
    public static void Write(
        string path, IEnumerable<(string Name, StoredType Type, IReadOnlyList<long> Shape, float[] Values)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = new Dictionary<string, object>();
        if (metadata is not null) header["__metadata__"] = metadata;
        using var data = new MemoryStream();
        foreach (var (name, type, shape, values) in tensors)
        {
            long from = data.Length;
            data.Write(Bytes(type, values));
            header[name] = new Dictionary<string, object>
            {
                ["dtype"] = type.Word(),
                ["shape"] = shape,
                ["data_offsets"] = new[] { from, data.Length },
            };
        }

        byte[] json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        using var file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)json.Length));
        file.Write(json);
        data.WriteTo(file);
    }

    private static byte[] Bytes(StoredType type, float[] values) => type switch
    {
        StoredType.F32 => MemoryMarshal.AsBytes<float>(values).ToArray(),
        StoredType.F16 => MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, value => (Half)value)).ToArray(),
        StoredType.BF16 => MemoryMarshal.AsBytes<ushort>(
            Array.ConvertAll(values, value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))).ToArray(),
        StoredType.F8E4M3 or StoredType.F8E5M2 => Array.ConvertAll(values, value => Fp8.Bits(type, value)),
        StoredType.I64 => MemoryMarshal.AsBytes<long>(Array.ConvertAll(values, value => (long)value)).ToArray(),
        _ => throw new NotSupportedException($"{type}"),
    };
}
