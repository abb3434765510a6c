using System.Text;
using EvsNative.Testing;
using Microsoft.Win32.SafeHandles;

namespace EvsNative.Layers.Tests;

/// <summary>Zip archives of PyTorch: large ones, and ones of others.</summary>
public sealed class TorchZipTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private InputException Refused(params (string Name, byte[] Bytes)[] entries)
    {
        string path = _folder.Write("x.zip", ZipBytes.Of(entries));
        return Assert.Throws<InputException>(() => TensorFile.Open(path).Dispose());
    }

    /// <summary>A file of more than 8 GB, nearly all of it a hole: a storage of 5 GB, and another one behind it.</summary>
    [Fact]
    public void Places_beyond_4_GB_are_read()
    {
        const long count = (5L << 30) / sizeof(float), last = count - 1;
        string path = _folder["large.pt"];
        var pickle = new PickleWriter().Ops("}(").Text("end");
        Tensor("0", count, last - 1, [2], [1]);
        pickle.Text("every");
        Tensor("0", count, 1, [3], [(last - 1) / 2]);
        pickle.Text("behind");
        Tensor("1", 2, 0, [2], [1]);
        byte[] pickled = pickle.Ops("u.").Bytes, behind = TorchTensor.BytesOf(StoredType.F32, [7, 8]);
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, preallocationSize: 0))
        {
            var directory = new List<byte>();
            long at = 0;
            Add("large/data.pkl", pickled, pickled.Length);
            long first = Add("large/data/0", [], count * sizeof(float));
            RandomAccess.Write(file, TorchTensor.BytesOf(StoredType.F32, [5, 6]), first + ((last - 1) * sizeof(float)));
            RandomAccess.Write(file, TorchTensor.BytesOf(StoredType.F32, [4]), first + sizeof(float));
            Add("large/data/1", behind, behind.Length);
            byte[] end =
            [
                .. directory, .. ZipBytes.End64(3, directory.Count, at),
                .. ZipBytes.Fields([(4, 0x07064B50), (4, 0), (8, at + directory.Count), (4, 1)]),
            ];
            RandomAccess.Write(file, end, at);
            RandomAccess.Write(file, ZipBytes.Fields(
                [(4, 0x06054B50), (2, 0), (2, 0), (2, 3), (2, 3), (4, uint.MaxValue), (4, uint.MaxValue), (2, 0)]), at + end.Length);

            long Add(string name, byte[] bytes, long length)
            {
                byte[] header = ZipBytes.Local(name, at);
                directory.AddRange(ZipBytes.Central(name, ZipBytes.Crc32(bytes), length, at));
                RandomAccess.Write(file, header, at);
                RandomAccess.Write(file, bytes, at + header.Length);
                long place = at + header.Length;
                at = place + length;
                return place;
            }
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        using var opened = TensorFile.Open(path);
        Assert.Equal([5, 6], opened.Values("end"));
        Assert.Equal([4, 0, 6], opened.Values("every"));
        Assert.Equal([7, 8], opened.Values("behind"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);

        void Tensor(string key, long elements, long offset, long[] shape, long[] strides) =>
            pickle.Global("torch._utils", "_rebuild_tensor_v2").Ops("(").Storage("FloatStorage", key, elements).Whole(offset)
                .Wholes(shape).Wholes(strides).Raw(0x89).Global("collections", "OrderedDict").Ops(")RtR");
    }

    [Fact]
    public void Archives_of_others_are_named()
    {
        var numpy = Refused(("a.npy", []), ("b.npy", []));
        Assert.Equal((InputCode.WrongKind, true), (numpy.Code, numpy.Message.Contains(".npz", StringComparison.Ordinal)));
        var keras = Refused(("metadata.json", []), ("model.weights.h5", []));
        Assert.Equal((InputCode.WrongKind, true), (keras.Code, keras.Message.Contains("Keras", StringComparison.Ordinal)));
        var other = Refused(("model/unet/diffusion_pytorch_model.safetensors", [1]));
        Assert.Equal((InputCode.WrongKind, true), (other.Code, other.Message.Contains("unpack it first", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_root_may_have_any_name_and_entries_any_order()
    {
        var (pickle, storages) = TorchFiles.Pickle(TorchFiles.Dictionary([new TorchTensor("a", [1], [3])]), isLegacy: false);
        string path = _folder.Write("x.bin", ZipBytes.Of([("mm sd/é/data/0", storages[0].Bytes), ("mm sd/é/data.pkl", pickle)]));
        using var file = TensorFile.Open(path);
        Assert.Equal([3], file.Values("a"));
    }

    /// <summary>Every byte of a small archive changed, and cut off after any length: it is read or refused.</summary>
    [Fact]
    public void A_damaged_archive_is_refused_or_read()
    {
        byte[] whole = TorchFiles.Zip(TorchFiles.Dictionary([new TorchTensor("a", [2], [3, 4])]));
        int read = 0;
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 0x11;
            read += TryRead(changed) ? 1 : 0;
            Assert.False(at % 7 == 0 && TryRead(whole[..at]), $"the first {at} bytes");
        }

        Assert.InRange(read, 50, whole.Length - 200);

        bool TryRead(byte[] bytes)
        {
            string path = _folder.Write("x.pt", bytes);
            try
            {
                using var file = TensorFile.Open(path);
                foreach (string name in file.Names) file.Values(name);
                return true;
            }
            catch (InputException)
            {
                return false;
            }
        }
    }
}
