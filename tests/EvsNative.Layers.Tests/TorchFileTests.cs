using System.Text.Json;
using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

/// <summary>Files that PyTorch wrote (tests/reference/pth.py), and files that were made to do harm.</summary>
public sealed class TorchFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Of each file its code and words of its line.</summary>
    private static readonly Dictionary<string, (InputCode Code, string Word)> Refusals = new()
    {
        ["system"] = (InputCode.Unsafe, "'posix.system'"),
        ["system_as_hook"] = (InputCode.Unsafe, "'posix.system'"),
        ["eval_in_build"] = (InputCode.Unsafe, "'builtins.eval'"),
        ["getattr"] = (InputCode.Unsafe, "'torch.load'"),
        ["whole_module"] = (InputCode.Unsafe, "'torch.nn.modules.linear.Linear'"),
        ["callback_called"] = (InputCode.Unsafe, "'pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint'"),
        ["inst"] = (InputCode.Unsafe, "INST"),
        ["extension"] = (InputCode.Unsafe, "EXT1"),
        ["legacy_system"] = (InputCode.Unsafe, "'posix.system'"),
        ["no_stop"] = (InputCode.Damaged, "ends too early"),
        ["stack_underflow"] = (InputCode.Damaged, "where none is"),
        ["no_mark"] = (InputCode.Damaged, "mark"),
        ["memo_unknown"] = (InputCode.Damaged, "never filled"),
        ["self_reference"] = (InputCode.Damaged, "holds itself"),
        ["circle"] = (InputCode.TooLarge, "in a circle"),
        ["long_string"] = (InputCode.Damaged, "ends too early"),
        ["view_past_end"] = (InputCode.Damaged, "reaches element 4 of a storage of 4"),
        ["view_negative_offset"] = (InputCode.Damaged, "negative"),
        ["view_negative_stride"] = (InputCode.Damaged, "negative"),
        ["view_negative_size"] = (InputCode.Damaged, "negative"),
        ["view_overflow"] = (InputCode.Damaged, "overflows"),
        ["expanded_huge"] = (InputCode.TooLarge, "repeat"),
        ["rank_mismatch"] = (InputCode.Damaged, "different number"),
        ["storage_short"] = (InputCode.Damaged, "has 12 bytes, its 4 numbers F32 need 16"),
        ["storage_missing"] = (InputCode.Damaged, "'archive/data/1' is not in the archive"),
        ["storage_path"] = (InputCode.Damaged, "'../version'"),
        ["storage_kind"] = (InputCode.Unsupported, "QInt8Storage"),
        ["persistent_id"] = (InputCode.Unsupported, "persistent id"),
        ["duplicate_entry"] = (InputCode.Damaged, "'archive/data/0' stands twice"),
        ["two_roots"] = (InputCode.Damaged, "2 files data.pkl"),
        ["no_data_pkl"] = (InputCode.WrongKind, "no data.pkl"),
        ["deflated"] = (InputCode.Unsupported, "compressed"),
        ["big_endian"] = (InputCode.Unsupported, "highest byte first"),
        ["torchscript"] = (InputCode.Unsupported, "TorchScript"),
        ["truncated"] = (InputCode.Damaged, "cut off"),
        ["crc"] = (InputCode.Damaged, "checksum"),
        ["empty_file"] = (InputCode.Damaged, "empty"),
        ["text"] = (InputCode.WrongKind, "Git-LFS"),
        ["html"] = (InputCode.WrongKind, "HTML"),
        ["tar"] = (InputCode.WrongKind, "before 2018"),
        ["legacy_magic"] = (InputCode.WrongKind, "pickle"),
        ["legacy_count"] = (InputCode.Damaged, "1152921504606846976"),
        ["plain_pickle"] = (InputCode.WrongKind, "pickle"),
    };

    public static TheoryData<string> Refused => [.. Refusals.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("zip.pth", "tensors", "PyTorch zip")]
    [InlineData("protocol4.pth", "tensors", "PyTorch zip")]
    [InlineData("legacy.pth", "tensors", "PyTorch before 1.6")]
    [InlineData("legacy4.pth", "tensors", "PyTorch before 1.6")]
    [InlineData("module.pth", "module", "PyTorch zip")]
    [InlineData("lightning.ckpt", "lightning", "PyTorch zip")]
    [InlineData("parameters.pt", "parameters", "PyTorch zip")]
    public void What_PyTorch_wrote_is_read_to_the_bit(string name, string tensors, string format)
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Repository.File("tests", "reference", "pth", "expected.json")));
        using var file = TensorFile.Open(Repository.File("tests", "reference", "pth", "good", name));
        Assert.Equal(format, file.Format);
        var all = expected.RootElement.GetProperty(tensors).EnumerateObject().ToList();
        Assert.Equal(all.Select(tensor => tensor.Name), file.Names);
        foreach (var (key, wanted) in all.Select(tensor => (tensor.Name, tensor.Value)))
        {
            var found = file.Tensors[key];
            Assert.Equal(wanted.GetProperty("shape").EnumerateArray().Select(length => length.GetInt64()), found.Shape);
            byte[] bytes = new byte[found.Bytes];
            file.ReadStored(key, bytes);
            Assert.True(wanted.GetProperty("crc32").GetUInt32() == ZipBytes.Crc32(bytes), key);
            if (!FloatReader.IsFloat(found.Type) && found.Count > 1)
            {
                Assert.Equal(InputCode.Unsupported, Assert.Throws<InputException>(() => file.Values(key)).Code);
                continue;
            }

            Assert.Equal(wanted.GetProperty("values").EnumerateArray().Select(Number), file.Values(key));
        }
    }

    [Fact]
    public void What_stands_beside_the_tensors_is_listed()
    {
        using var file = TensorFile.Open(Repository.File("tests", "reference", "pth", "good", "zip.pth"));
        Assert.Equal(["epoch", "lr", "name", "flags", "sizes", "big", "best", "dtype", "steps"], file.Others);
        Assert.Equal("300", file.Metadata["epoch"]);
        Assert.Equal("0.0002", file.Metadata["lr"]);
        Assert.Equal("näme", file.Metadata["name"]);
    }

    /// <summary>The first Stable Diffusion's checkpoints name the classes of callbacks: words, behind which nothing stands.</summary>
    [Fact]
    public void A_trainers_checkpoint_is_its_network_alone()
    {
        using var file = TensorFile.Open(Repository.File("tests", "reference", "pth", "good", "lightning.ckpt"));
        Assert.Equal(["weight", "bias"], file.Names);
        Assert.Equal("470000", file.Metadata["global_step"]);
        Assert.Contains("callbacks", file.Others);
        Assert.Contains("optimizer_states", file.Others);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_must_be_refused_is_refused_in_a_line(string name)
    {
        var (code, word) = Refusals[name];
        string path = Repository.File("tests", "reference", "pth", "refuse", $"{name}.pth");
        var error = Assert.Throws<InputException>(() => ReadAll(path));
        Assert.Equal((code, word), (error.Code, error.Message.Contains(word, StringComparison.Ordinal) ? word : error.Message));
    }

    [Fact]
    public void Every_file_to_be_refused_has_its_line() => Assert.Equal(
        Refusals.Keys.Order(StringComparer.Ordinal),
        Directory.GetFiles(Repository.File("tests", "reference", "pth", "refuse"))
            .Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    private static void ReadAll(string path)
    {
        using var file = TensorFile.Open(path);
        foreach (var tensor in file.Tensors.Values) file.ReadStored(tensor.Name, new byte[tensor.Bytes]);
    }

    private static float Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() == "inf" ? float.PositiveInfinity : float.NegativeInfinity,
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => (float)value.GetDouble(),
    };
}
