using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>Which file of a folder is a network's, in folders as other programs leave them.</summary>
public sealed class PartFilesTests : IDisposable
{
    private const string Stem = "diffusion_pytorch_model";

    private readonly TemporaryFolder _folder = new();
    private readonly WeightFiles _files = new();

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    private void Touch(params ReadOnlySpan<string> names)
    {
        foreach (string name in names) _folder.Write(name, "x"u8);
    }

    private string Found(string stem) => Path.GetFileName(PartFiles.Find(_folder.Path, stem));

    private InputException Lost(string stem) => Assert.Throws<InputException>(() => PartFiles.Find(_folder.Path, stem));

    /// <summary>Each name is taken while those before it are gone.</summary>
    [Theory]
    [InlineData(
        Stem, $"{Stem}.safetensors", $"{Stem}.safetensors.index.json", $"{Stem}.fp16.safetensors", $"{Stem}.safetensors.index.fp16.json",
        $"{Stem}.bf16.safetensors", $"{Stem}.non_ema.safetensors", $"{Stem}.bin", $"{Stem}.bin.index.json", $"{Stem}.fp16.bin",
        $"{Stem}.bin.index.fp16.json", $"{Stem}.non_ema.bin", $"{Stem}.pt", $"{Stem}.ckpt")]
    [InlineData(
        "model", "model.safetensors", "model.fp16.safetensors", "pytorch_model.bin", "pytorch_model.bin.index.json",
        "pytorch_model.fp16.bin", "model.bin")]
    [InlineData(Stem, "vae-ft-mse-840000-ema-pruned.safetensors", "vae-ft-mse-840000-ema-pruned.ckpt")]
    [InlineData(Stem, $"{Stem}.flavour.safetensors", $"{Stem}.flavour.bin")]
    public void Files_are_taken_in_this_order(string stem, params string[] names)
    {
        Touch(names);
        Touch("config.json", "optimizer.bin", "scheduler.bin", "random_states_0.pkl", "diffusion_flax_model.msgpack", "README.md");
        foreach (string name in names)
        {
            Assert.Equal(name, Found(stem));
            File.Delete(_folder[name]);
        }

        Assert.Equal(InputCode.WrongKind, Lost(stem).Code);
    }

    [Fact]
    public void Where_nothing_tells_which_is_meant_all_are_named()
    {
        Touch($"{Stem}.a.safetensors", $"{Stem}.b.safetensors", "c.bin");
        var error = Lost(Stem);
        Assert.Contains($"2 safetensors files, none of them {Stem}.safetensors: {Stem}.a.safetensors, {Stem}.b.safetensors", error.Message,
            StringComparison.Ordinal);
        File.Delete(_folder[$"{Stem}.a.safetensors"]);
        File.Delete(_folder[$"{Stem}.b.safetensors"]);
        Touch("d.ckpt", "e.pt", "f.pth");
        Assert.Contains("4 PyTorch files", Lost(Stem).Message, StringComparison.Ordinal);
        Assert.Contains("c.bin, d.ckpt, e.pt, ...", Lost(Stem).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_other_programs_are_named_where_there_is_nothing_else()
    {
        Assert.Equal(InputCode.NotFound, Lost(Stem).Code);
        Touch("diffusion_flax_model.msgpack");
        Assert.Contains("diffusion_flax_model.msgpack is not for PyTorch", Lost(Stem).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_may_be_pickles()
    {
        TorchFiles.WriteZip(_folder["pytorch_model-00001-of-00002.bin"], [new TorchTensor("a", [2], [1, 2])]);
        TorchFiles.WriteLegacy(_folder["pytorch_model-00002-of-00002.bin"], [new TorchTensor("b", [1], [3], StoredType.F16)]);
        const string map = """{"weight_map": {"a": "pytorch_model-00001-of-00002.bin", "b": "pytorch_model-00002-of-00002.bin"}}""";
        File.WriteAllText(_folder["pytorch_model.bin.index.json"], map);
        var both = PartFiles.Open(_files, PartFiles.Find(_folder.Path, "model"));
        Assert.Equal(["a", "b"], both.Names);
        float[] b = new float[1];
        both.Read("b", [1], b);
        Assert.Equal([3], b);
    }

    /// <summary>What was chosen is opened or refused: another file beside it is not what the user looks at.</summary>
    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", InputCode.WrongKind, "Git-LFS")]
    [InlineData("\u0010\0\0\0\0\0\0\0{\"a\":", InputCode.Damaged, "truncated")]
    public void A_pickle_does_not_stand_in_for_safetensors_that_cannot_be_read(string content, InputCode code, string word)
    {
        _folder.Write($"{Stem}.safetensors", System.Text.Encoding.ASCII.GetBytes(content));
        TorchFiles.WriteZip(_folder[$"{Stem}.bin"], [new TorchTensor("a", [2], [1, 2])]);
        var error = Assert.Throws<InputException>(() => PartFiles.Open(_files, PartFiles.Find(_folder.Path, Stem)));
        Assert.Equal(code, error.Code);
        Assert.StartsWith(_folder[$"{Stem}.safetensors"], error.Message, StringComparison.Ordinal);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    /// <summary>A folder as it was saved before there were safetensors is the same network, by each layout of torch.save.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_folder_of_pickles_is_the_same_network(bool isLegacy)
    {
        string tiny = Repository.File("weights", "evs-tiny");
        foreach (var kind in new ModelPartKind[] { ModelPartKind.Vae, ModelPartKind.TextEncoder })
        {
            string from = Path.Combine(tiny, kind.Folder), config = _folder[$"{kind.Folder}/config.json"];
            File.Copy(Path.Combine(from, "config.json"), config);
            string name = kind == ModelPartKind.TextEncoder ? "pytorch_model.bin" : $"{kind.Stem}.bin";
            using var stored = TensorFile.Open(Path.Combine(from, $"{kind.Stem}.safetensors"));
            var tensors = stored.Tensors.Values.Select(tensor =>
                new TorchTensor(tensor.Name, [.. tensor.Shape], stored.Values(tensor.Name), tensor.Type));
            if (isLegacy) TorchFiles.WriteLegacy(_folder[$"{kind.Folder}/{name}"], tensors);
            else TorchFiles.WriteZip(_folder[$"{kind.Folder}/{name}"], tensors);
        }

        Same(ModelPart.Open(_files, ModelPartKind.Vae, tiny), ModelPart.Open(_files, ModelPartKind.Vae, _folder.Path));
        Same(ModelPart.Open(_files, ModelPartKind.TextEncoder, tiny), ModelPart.Open(_files, ModelPartKind.TextEncoder, _folder.Path));

        static void Same(ModelPart wanted, ModelPart found)
        {
            Assert.EndsWith(".bin", found.Weights.Origin, StringComparison.Ordinal);
            Assert.Equal(wanted.Weights.Names.Order(), found.Weights.Names.Order());
            foreach (string name in wanted.Weights.Names)
            {
                var shape = wanted.Weights.FindShape(name, [])!;
                Assert.Equal(shape, found.Weights.FindShape(name, []));
                Assert.Equal(wanted.Weights.StorageOf(name), found.Weights.StorageOf(name));
                float[] a = new float[shape.Aggregate(1L, (product, length) => product * length)], b = new float[a.Length];
                wanted.Weights.Read(name, shape, a);
                found.Weights.Read(name, shape, b);
                Assert.Equal(a, b);
            }
        }
    }
}
