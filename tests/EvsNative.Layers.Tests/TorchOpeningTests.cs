using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

/// <summary>What opening a PyTorch file may cost: each is half a megabyte of what allocates most.</summary>
public sealed class TorchOpeningTests : IDisposable
{
    private const int Bytes = 1 << 19;

    private static readonly Dictionary<string, Func<byte[]>> Files = new()
    {
        ["dictionaries"] = () => Zip(Repeat("(", "}", "l"), most: 90_000),
        ["dictionaries in a list"] = () => Zip(Repeat("", "}a", "", "]")),
        ["dictionaries in batches"] = () => Zip(Repeat("(", "}", "e", "]")),
        ["lists in a list"] = () => Zip(Repeat("", "]a", "", "]")),
        ["tuples in a list"] = () => Zip(Repeat("", "N\u0085a", "", "]")),
        ["large integers"] = () => Zip(Repeat("(", "M\u0001\u0001", "e", "]")),
        ["letters"] = () => Zip(Repeat("(", "U\u0001a", "e", "]")),
        ["memo"] = () => Zip(Repeat("", "}\u0094a", "", "]")),
        ["keys"] = () => Zip(Keys(i => Integer(i), "N")),
        ["texts as keys"] = () => Zip(Keys(i => Text($"{i:x}"), "K\u0005")),
        ["texts as keys and values"] = () => Zip(Keys(i => Text($"{i:x}"), "U\u0001b")),
        ["words"] = () => Zip(Repeat("(", "ctorch\nSize\n", "e", "]")),
        ["ordered dictionaries"] = () => Zip(Repeat("(", "h\0)R", "e", "ccollections\nOrderedDict\nq\0]")),
        ["tensors of one storage"] = () => Zip(Keys(i => Text($"{i:x}"), Tensor(""), Shared)),
        ["one tensor of many names"] = () => Zip(Keys(i => Text($"{i:x}"), "h\u0003", Shared + Tensor("q\u0003") + "a")),
        ["one long name"] = () => Zip([.. "}X"u8, .. BitConverter.GetBytes(Bytes), .. new byte[Bytes], .. "Ns."u8]),
        ["entries of an archive"] = () =>
            TorchFiles.Zip([0x80, 2, .. "}."u8], Enumerable.Range(0, 5000).Select(i => ($"{i}", Array.Empty<byte>()))),
        ["legacy"] = () => TorchFiles.Legacy(Repeat("(", "}", "e", "]"), []),
        ["archive cut off"] = () => [.. Zip(Repeat("(", "}", "e", "]"))[..Bytes]],
    };

    /// <summary>On the stack and in the memo at 0 to 2: how to make a tensor, a storage, no hooks.</summary>
    private const string Shared = "]ctorch._utils\n_rebuild_tensor_v2\nq\0a"
        + "(U\u0007storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\u0001tQq\u0001a"
        + "ccollections\nOrderedDict\n)Rq\u0002a";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Files.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Opening_allocates_no_more_than_the_stated_multiple_of_the_file(string name)
    {
        byte[] bytes = Files[name]();
        string path = _folder.Write("x.pt", bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var file = TensorFile.Open(path);
        }
        catch (InputException e)
        {
            Assert.InRange(e.Message.Length, 1, 300);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        long most = (InputLimits.OpeningFactor * (long)bytes.Length) + InputLimits.OpeningBytes;
        double times = (double)allocated / bytes.Length;
        Assert.True(allocated <= most, $"{name}: {allocated} bytes for {bytes.Length}, {times:F1} times as many");
    }

    private static string Tensor(string memo) => $"h\0(h\u0001K\0))\u0089h\u0002tR{memo}";

    private static byte[] Zip(byte[] pickle, int most = int.MaxValue) =>
        TorchFiles.Zip([0x80, 2, .. pickle[..Math.Min(most, pickle.Length)]], [("0", new byte[4])]);

    private static byte[] Latin(string text) => System.Text.Encoding.Latin1.GetBytes(text);

    private static byte[] Integer(int i) => [(byte)'J', .. BitConverter.GetBytes(i)];

    private static byte[] Text(string text) => [(byte)'U', (byte)text.Length, .. Latin(text)];

    /// <summary>Steps again and again, in batches of 50,000 between their start and end.</summary>
    private static byte[] Repeat(string start, string step, string end, string before = "")
    {
        const int batch = 50_000;
        byte[] steps = Latin(step);
        var pickle = new List<byte>(Latin(before));
        while (pickle.Count < Bytes)
        {
            pickle.AddRange(Latin(start));
            for (int i = 0; i < batch && pickle.Count < Bytes; i++) pickle.AddRange(steps);
            pickle.AddRange(Latin(end));
        }

        pickle.Add((byte)'.');
        return [.. pickle];
    }

    /// <summary>A dictionary of different keys.</summary>
    private static byte[] Keys(Func<int, byte[]> key, string value, string before = "")
    {
        byte[] values = Latin(value);
        List<byte> pickle = [.. Latin(before), .. "}("u8];
        for (int i = 0; pickle.Count < Bytes; i++)
        {
            if (i % 20_000 == 19_999) pickle.AddRange("u("u8);
            pickle.AddRange(key(i));
            pickle.AddRange(values);
        }

        pickle.AddRange(Latin(before.Length > 0 ? "ua." : "u."));
        return [.. pickle];
    }
}
