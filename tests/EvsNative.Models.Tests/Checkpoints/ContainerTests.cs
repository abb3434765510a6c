using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Testing;
using Stored =
    (string Name, EvsNative.Layers.StoredType Type, System.Collections.Generic.IReadOnlyList<long> Shape, float[] Values);
using TorchTensor = EvsNative.Testing.TorchTensor;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>
/// One model in pickles of both layouts, in folders of them, in shards, variants and numbers of 8 bits: the same numbers, and latents that
/// are equal to the bit. Names within one file are <see cref="ModelFileTests"/>'s.
/// </summary>
public sealed class ContainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    /// <summary>Those of the folder with safetensors.</summary>
    private static readonly Lazy<float[]> Latents = new(() =>
    {
        using var folder = new TemporaryFolder();
        using var parts = Open(SmallModel.WriteFolder(folder["model"]), folder["model/tokenizer"]);
        return SmallRuns.Latents(parts);
    });

    public ContainerTests() => _model = SmallModel.WriteFolder(_folder["model"]);

    public static TheoryData<string> Ways => [.. Forms.Keys];

    /// <summary>Each writes the model and gives the path that is given to the program.</summary>
    private static Dictionary<string, Func<TemporaryFolder, string>> Forms { get; } = new()
    {
        ["a pickle"] = folder => TorchFiles.WriteZip(folder["m.ckpt"], Torch(SmallModel.Original())),
        ["a pickle of before torch 1.6"] = folder => TorchFiles.WriteLegacy(folder["m.ckpt"], Torch(SmallModel.Original())),
        ["a pickle in F16"] = folder => TorchFiles.WriteZip(folder["m.pt"], Torch(SmallModel.Original(StoredType.F16))),
        ["a pickle in BF16"] = folder => TorchFiles.WriteLegacy(folder["m.pth"], Torch(SmallModel.Original(StoredType.BF16))),
        ["a pickle in F64"] = folder => TorchFiles.WriteZip(folder["m.ckpt"], Torch(SmallModel.Original(StoredType.F64))),
        ["a pickle in diffusers' names"] = folder => TorchFiles.WriteZip(folder["m.bin"], Torch(SmallModel.Diffusers())),
        ["a training's state"] = folder => TorchFiles.WriteZip(folder["m.ckpt"], Training()),
        ["a training's state of before torch 1.6"] = folder => TorchFiles.WriteLegacy(folder["m.ckpt"], Training()),
        ["a pickle called safetensors"] = folder => TorchFiles.WriteZip(folder["m.safetensors"], Torch(SmallModel.Original())),
        ["a folder of pickles"] = folder => Folder(folder, (path, part) => TorchFiles.WriteZip(path, Torch(part)), "", ".bin"),
        ["a folder of pickles of before torch 1.6"] = folder =>
            Folder(folder, (path, part) => TorchFiles.WriteLegacy(path, Torch(part)), "", ".bin"),
        ["a folder of pickles in F16"] = folder =>
            Folder(folder, (path, part) => TorchFiles.WriteZip(path, Torch(part.Select(Half))), ".fp16", ".bin"),
        ["a folder in F16"] = folder =>
            Folder(folder, (path, part) => RawSafetensors.Write(path, part.Select(Half)), ".fp16", ".safetensors"),
        ["a folder of shards"] = folder => Folder(folder, (path, part) => Shards(path, part, RawSafetensors.Write), "", ".safetensors"),
        ["a folder of shards that are pickles"] = folder =>
            Folder(folder, (path, part) => Shards(path, part, (shard, t, _) => TorchFiles.WriteZip(shard, Torch(t))), "", ".bin"),
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public void In_every_container_it_is_the_same_model(string way)
    {
        using ModelParts found = Open(Forms[way](_folder)), folder = Open(_model);
        Assert.Empty(found.Notices);
        SmallRuns.EnsureSame(folder, found);
        Assert.Equal(Latents.Value, SmallRuns.Latents(found));
    }

    /// <summary>Weights in 8 bits beside the same numbers in 16; people keep vectors and norms in 16 bits or not.</summary>
    [Theory]
    [InlineData(StoredType.F8E4M3, true)]
    [InlineData(StoredType.F8E4M3, false)]
    [InlineData(StoredType.F8E5M2, true)]
    [InlineData(StoredType.F8E5M2, false)]
    public void Numbers_that_8_bits_hold_are_the_same_in_8_bits(StoredType type, bool isAll)
    {
        bool IsShort(Stored t) => isAll || t.Shape.Count > 1;
        Stored[] rounded =
        [
            .. SmallModel.Original(StoredType.F16).Select(t => IsShort(t) ? t with { Values = Fp8.Rounded(type, t.Values) } : t),
        ];
        RawSafetensors.Write(_folder["half.safetensors"], rounded);
        RawSafetensors.Write(_folder["eighth.safetensors"], rounded.Select(t => IsShort(t) ? t with { Type = type } : t));
        using ModelParts half = Open(_folder["half.safetensors"]), eighth = Open(_folder["eighth.safetensors"]);
        Assert.Empty(eighth.Notices);
        SmallRuns.EnsureSame(half, eighth);
        float[] latents = SmallRuns.Latents(eighth);
        Assert.Equal(SmallRuns.Latents(half), latents);
        Assert.NotEqual(Latents.Value, latents);
    }

    private static Stored Half(Stored tensor) => tensor with { Type = StoredType.F16 };

    private static IEnumerable<TorchTensor> Torch(IEnumerable<Stored> tensors) =>
        tensors.Select(t => new TorchTensor(t.Name, [.. t.Shape], t.Values, t.Type));

    /// <summary>What a trainer saves: the weights among counters and its optimizer's own tensors.</summary>
    private static Dictionary<string, object?> Training() => new()
    {
        ["epoch"] = 3,
        ["global_step"] = 470_000,
        ["state_dict"] = TorchFiles.Dictionary(Torch(SmallModel.Original())),
        ["optimizer_states"] = new List<object?> { new Dictionary<string, object?> { ["step"] = 1 } },
        ["lr_schedulers"] = new List<object?>(),
    };

    /// <summary>A folder as diffusers saves it, with other files in the place of each network's safetensors.</summary>
    private static string Folder(TemporaryFolder folder, Action<string, IReadOnlyList<Stored>> write, string variant, string ending)
    {
        foreach (var part in SmallModel.Tensors.GroupBy(tensor => tensor.Part))
        {
            File.WriteAllText(folder[$"other/{part.Key.Folder}/config.json"], SmallModel.Config(part.Key));
            string stem = part.Key == ModelPartKind.TextEncoder && ending == ".bin" ? "pytorch_model" : part.Key.Stem;
            write(
                folder[$"other/{part.Key.Folder}/{stem}{variant}{ending}"],
                [.. part.Select(t => (t.Name, StoredType.F32, t.Shape, t.Values))]);
        }

        return folder["other"];
    }

    /// <summary>Three files and an index in the place of one.</summary>
    private static void Shards(
        string path, IReadOnlyList<Stored> part, Action<string, IEnumerable<Stored>, IReadOnlyDictionary<string, string>?> write)
    {
        string folder = Path.GetDirectoryName(path)!, stem = Path.GetFileNameWithoutExtension(path), ending = Path.GetExtension(path);
        var map = new Dictionary<string, string>();
        foreach (var (shard, i) in part.Chunk((part.Count + 2) / 3).Select((shard, i) => (shard, i)))
        {
            string name = $"{stem}-0000{i + 1}-of-00003{ending}";
            write(Path.Combine(folder, name), shard, null);
            foreach (var tensor in shard) map[tensor.Name] = name;
        }

        var index = new Dictionary<string, object> { ["metadata"] = new Dictionary<string, long>(), ["weight_map"] = map };
        File.WriteAllText($"{path}.index.json", JsonSerializer.Serialize(index));
    }

    private ModelParts Open(string path) => Open(path, Path.Combine(_model, "tokenizer"));

    private static ModelParts Open(string path, string tokenizer) =>
        ModelParts.Open(new ModelRequest(path) { NeedsMotion = false, Tokenizer = tokenizer });
}
