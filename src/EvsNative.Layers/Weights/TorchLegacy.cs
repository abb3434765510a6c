using System.Buffers.Binary;
using EvsNative.Layers.Pickles;

namespace EvsNative.Layers;

/// <summary>
/// The container of torch.save before PyTorch 1.6: a magic number, a version, facts of the machine, the saved value and a list of storages,
/// each a pickle, then the storages' numbers. Source: torch/serialization.py, _legacy_save.
/// </summary>
internal static class TorchLegacy
{
    private const long Version = 1001;
    private const int LongestMagic = 16;

    /// <summary>Bytes from the start in which the magic number stands.</summary>
    private const int StartBytes = 32;

    private static readonly UInt128 Magic = new(0x1950, 0xA86A20F9469CFC6C);

    private static ReadOnlySpan<byte> MagicBytes => [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    /// <summary>Whether a file starts as one of these: a pickle of the magic number, of any protocol.</summary>
    public static bool Recognises(ReadOnlySpan<byte> start) =>
        start.Length > 0 && start[0] == (byte)PickleOpcode.Proto && start[..Math.Min(start.Length, StartBytes)].IndexOf(MagicBytes) > 0;

    /// <summary>Reads the pickles, and finds the storages' places.</summary>
    /// <exception cref="InputException">a damaged file, or one that asks for what is not done</exception>
    public static TorchContent Read(FileBytes file)
    {
        long at = 0;
        object? Next(IPickleWords words)
        {
            var input = new PickleInput(file, at, Math.Min(file.Length, at + InputLimits.PickleBytes));
            object? value = new PickleMachine(input, words) { LongestInteger = LongestMagic }.Run();
            at = input.Place;
            return value;
        }

        InputException Unsupported(string what) => new(InputCode.Unsupported, $"{file.Path}: {what}");

        var words = new TorchWords(isLegacy: true);
        if (Next(words) is not UInt128 magic || magic != Magic) throw Damaged(file, "another magic number stands at its start");
        if (Next(words) is not Version) throw Unsupported("of another version of PyTorch's old layout: save it again with a new PyTorch");
        if ((Next(words) as PickleDictionary)?.Find("little_endian") is not true)
            throw Unsupported("its numbers have the highest byte first: save it again on another machine");
        long begin = at;
        object? top = Next(words);
        long bytes = at - begin;
        Locate(file, words, Next(words) as PickleList ?? throw Damaged(file, "it has no list of storages"), at);
        return new TorchContent(top, bytes);
    }

    /// <summary>The storages lie in the order of the list, each behind the number of its elements.</summary>
    private static void Locate(FileBytes file, TorchWords words, PickleList keys, long at)
    {
        var found = new HashSet<string>();
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (object? item in keys.Items)
        {
            if (item is not string key || !words.Storages.TryGetValue(key, out var storage) || !found.Add(key))
                throw Damaged(file, "its list of storages is not that of its tensors");
            if (file.Length - at < sizeof(long)) throw Damaged(file, "it was cut off in its numbers");
            file.ReadExactly(number, at);
            long count = BinaryPrimitives.ReadInt64LittleEndian(number);
            at += sizeof(long);
            if (count != storage.Count) throw Damaged(file, $"storage {InputText.Quote(key)} has {count} numbers, not {storage.Count}");
            if (storage.Bytes > file.Length - at) throw Damaged(file, "it was cut off in its numbers");
            storage.Place = at;
            at += storage.Bytes;
        }

        if (found.Count != words.Storages.Count) throw Damaged(file, "its list of storages is not that of its tensors");
        if (at != file.Length) throw Damaged(file, $"{file.Length - at} bytes follow its last numbers");
    }

    private static InputException Damaged(FileBytes file, string what) => new(InputCode.Damaged, $"{file.Path}: {what}: download it again");
}
