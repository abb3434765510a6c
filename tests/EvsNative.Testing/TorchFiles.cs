using System.Buffers.Binary;

namespace EvsNative.Testing;

/// <summary>
/// Files of weights as torch.save writes them: a zip archive (torch from 1.6 on) or a row of pickles (before). The content is a dictionary
/// of tensors, or any value in which <see cref="TorchTensor"/> stand: <c>new Dictionary&lt;string, object?&gt; { ["model"] = ... }</c>.
/// </summary>
public static class TorchFiles
{
    private static readonly byte[] Magic = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    /// <summary>Writes a dictionary of tensors as a zip archive.</summary>
    public static string WriteZip(string path, IEnumerable<TorchTensor> tensors) => Write(path, Zip(Dictionary(tensors)));

    /// <summary>Writes any content as a zip archive.</summary>
    public static string WriteZip(string path, object? content) => Write(path, Zip(content));

    /// <summary>Writes a dictionary of tensors in the layout of before torch 1.6.</summary>
    public static string WriteLegacy(string path, IEnumerable<TorchTensor> tensors) => Write(path, Legacy(Dictionary(tensors)));

    /// <summary>Writes any content in the layout of before torch 1.6.</summary>
    public static string WriteLegacy(string path, object? content) => Write(path, Legacy(content));

    /// <summary>Tensors by their names, as a state_dict is.</summary>
    public static Dictionary<string, object?> Dictionary(IEnumerable<TorchTensor> tensors) =>
        tensors.ToDictionary(tensor => tensor.Name, tensor => (object?)tensor);

    /// <summary>The bytes of a zip archive.</summary>
    public static byte[] Zip(object? content)
    {
        var (pickle, storages) = Pickle(content, isLegacy: false);
        return Zip(pickle, storages.Select(storage => (storage.Key, storage.Bytes)));
    }

    /// <summary>The bytes of a zip archive of this pickle and these storages, whatever they are.</summary>
    public static byte[] Zip(byte[] pickle, IEnumerable<(string Key, byte[] Bytes)> storages) => ZipBytes.Of(
    [
        ("archive/data.pkl", pickle), ("archive/byteorder", [.. "little"u8]),
        .. storages.Select(storage => ($"archive/data/{storage.Key}", storage.Bytes)), ("archive/version", [.. "3\n"u8]),
    ]);

    /// <summary>The bytes of a file of before torch 1.6.</summary>
    public static byte[] Legacy(object? content)
    {
        var (pickle, storages) = Pickle(content, isLegacy: true);
        return Legacy(pickle, storages.Select(storage => (storage.Key, storage.Count, storage.Bytes)));
    }

    /// <summary>The bytes of a file of before torch 1.6, of this pickle and these storages, whatever they are.</summary>
    public static byte[] Legacy(byte[] pickle, IEnumerable<(string Key, long Count, byte[] Bytes)> storages)
    {
        var all = storages.ToList();
        var info = new Dictionary<string, object?> { ["protocol_version"] = 1001, ["little_endian"] = true };
        List<byte> file =
        [
            .. new PickleWriter().Raw(Magic).Ops(".").Bytes, .. Plain(1001), .. Plain(info), .. pickle,
            .. Plain(all.Select(storage => storage.Key).ToList()),
        ];
        byte[] length = new byte[sizeof(long)];
        foreach (var (_, count, bytes) in all)
        {
            BinaryPrimitives.WriteInt64LittleEndian(length, count);
            file.AddRange(length);
            file.AddRange(bytes);
        }

        return [.. file];
    }

    /// <summary>The pickle of a content, and the storages of its tensors.</summary>
    public static (byte[] Pickle, IReadOnlyList<(string Key, long Count, byte[] Bytes)> Storages) Pickle(object? content, bool isLegacy)
    {
        var writer = new PickleWriter();
        List<(string Key, long Count, byte[] Bytes)> storages = [];
        var shared = new Dictionary<string, string>();
        writer.Value(content, Put).Ops(".");
        return (writer.Bytes, storages);

        void Put(object other)
        {
            var tensor = (TorchTensor)other;
            if (tensor.Storage is not { } word || !shared.TryGetValue(word, out string? key))
            {
                key = isLegacy ? $"9430{storages.Count}" : $"{storages.Count}";
                if (tensor.Storage is { } first) shared[first] = key;
                storages.Add((key, tensor.Values.Length, tensor.Bytes));
            }

            writer.Tensor(tensor, key, isLegacy);
        }
    }

    private static byte[] Plain(object? value) => new PickleWriter().Value(value, _ => throw new NotSupportedException()).Ops(".").Bytes;

    private static string Write(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
