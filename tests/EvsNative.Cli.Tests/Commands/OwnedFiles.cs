using System.Text.Json.Nodes;
using EvsNative.Layers;
using EvsNative.Models.Tests.Checkpoints;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>The embedded model's weights as people own such files: in other containers, names and folders; what goes with them.</summary>
internal static class OwnedFiles
{
    private const int Rank = 4;

    /// <summary>The embedded model, a folder in the diffusers layout with motion modules of its own.</summary>
    public static string Model { get; } = Repository.File("weights", "evs-tiny");

    /// <summary>Its vocabulary.</summary>
    public static string Tokenizer { get; } = Path.Combine(Model, "tokenizer");

    /// <summary>
    /// A LoRA in kohya's names: a layer of the text encoder, one of an attention and a convolution. Its numbers are a function of the seed.
    /// </summary>
    public static string Lora(string path, int seed = 5)
    {
        var draw = new Draw(seed);
        (string Module, long[] Down, long[] Up)[] layers =
        [
            ("lora_te_text_model_encoder_layers_1_self_attn_v_proj", [Rank, 64], [64, Rank]),
            ("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", [Rank, 64], [64, Rank]),
            ("lora_unet_down_blocks_0_resnets_0_conv1", [Rank, 64, 3, 3], [64, Rank, 1, 1]),
        ];
        SafetensorsWriter.Save(path,
        [
            .. layers.SelectMany(layer => new (string, long[], float[])[]
            {
                ($"{layer.Module}.lora_down.weight", layer.Down, Numbers(layer.Down)),
                ($"{layer.Module}.lora_up.weight", layer.Up, Numbers(layer.Up)),
                ($"{layer.Module}.alpha", [1], [Rank]),
            }),
        ]);
        return path;

        float[] Numbers(long[] shape) => draw.Normals(shape.Aggregate(1L, (product, length) => product * length), deviation: 0.3f);
    }

    /// <summary>A textual inversion of two vectors, as A1111's web UI writes it.</summary>
    public static string Embedding(string path) => TorchFiles.WriteZip(path, new Dictionary<string, object?>
    {
        ["string_to_token"] = new Dictionary<string, object?> { ["*"] = 265 },
        ["string_to_param"] = new Dictionary<string, object?>
        {
            ["*"] = new TorchTensor("*", [2, 64], new Draw(6).Normals(2 * 64, deviation: 0.5f)),
        },
        ["name"] = "moody",
    });

    /// <summary>The embedded motion modules in one safetensors file, in the original's names or in diffusers'.</summary>
    public static string Motion(string path, bool isOriginal)
    {
        SafetensorsWriter.Save(path, [.. OfMotion(isOriginal, "").Select(t => (t.Name, t.Shape, t.Values))]);
        return path;
    }

    /// <summary>The same as AnimateDiff's repository has them: a training's state, original names behind <c>module.</c></summary>
    public static string MotionPickle(string path) => TorchFiles.WriteZip(path, new Dictionary<string, object?>
    {
        ["epoch"] = 11,
        ["global_step"] = 470_000,
        ["state_dict"] = TorchFiles.Dictionary(OfMotion(isOriginal: true, "module.")),
    });

    /// <summary>
    /// The folder of the embedded motion modules with a configuration as published ones have it, which does not say their kind.
    /// </summary>
    public static string MotionFolder(string path)
    {
        Directory.CreateDirectory(path);
        string own = Path.Combine(Model, "motion_adapter");
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(own, "config.json")))!.AsObject();
        config.Remove("_motion_kind");
        File.WriteAllText(Path.Combine(path, "config.json"), config.ToJsonString());
        File.Copy(Path.Combine(own, "diffusion_pytorch_model.safetensors"), Path.Combine(path, "diffusion_pytorch_model.safetensors"));
        return path;
    }

    /// <summary>The embedded model with nothing but pickles in its folders, of both layouts of torch.save.</summary>
    public static string PickleFolder(string path)
    {
        _ = new TinyModel(path);
        foreach (string file in Directory.GetFiles(path, "*.safetensors", SearchOption.AllDirectories))
        {
            string stem = Path.GetFileNameWithoutExtension(file);
            string pickle = Path.Combine(Path.GetDirectoryName(file)!, $"{(stem == "model" ? "pytorch_model" : stem)}.bin");
            if (stem == "model") TorchFiles.WriteLegacy(pickle, Torch(file));
            else TorchFiles.WriteZip(pickle, Torch(file));
            File.Delete(file);
        }

        return path;
    }

    /// <summary>The folder of an autoencoder whose last layer has half the embedded one's numbers.</summary>
    public static string Vae(string path)
    {
        const string name = "diffusion_pytorch_model.safetensors";
        string own = Path.Combine(Model, "vae");
        Directory.CreateDirectory(path);
        File.Copy(Path.Combine(own, "config.json"), Path.Combine(path, "config.json"));
        using var file = SafetensorsFile.Open(Path.Combine(own, name));
        SafetensorsWriter.Save(Path.Combine(path, name),
        [
            .. file.Tensors.Values.Select(t => (t.Name, t.Shape.ToArray(), t.Name.StartsWith("decoder.conv_out", StringComparison.Ordinal)
                ? Array.ConvertAll(file.Values(t.Name), value => value / 2) : file.Values(t.Name))),
        ]);
        return path;
    }

    /// <summary>A repository in a hub's cache: blobs, a snapshot of links to them, a branch.</summary>
    /// <param name="hub">the cache</param>
    /// <param name="name">owner/name</param>
    /// <param name="files">what is in it: names with slashes, and where the bytes lie</param>
    public static void Cache(string hub, string name, params IEnumerable<(string Name, string Path)> files)
    {
        const string commit = "0123456789abcdef0123456789abcdef01234567";
        string folder = Path.Combine(hub, $"models--{name.Replace("/", "--", StringComparison.Ordinal)}");
        string blobs = Directory.CreateDirectory(Path.Combine(folder, "blobs")).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "refs"));
        File.WriteAllText(Path.Combine(folder, "refs", "main"), commit);
        foreach (var (file, path) in files)
        {
            string link = Path.Combine(folder, "snapshots", commit, file), blob = Path.Combine(blobs, $"{Guid.NewGuid():N}");
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.Copy(path, blob);
            File.CreateSymbolicLink(link, Path.GetRelativePath(Path.GetDirectoryName(link)!, blob));
        }
    }

    /// <summary>All files of a folder, for <see cref="Cache"/>.</summary>
    public static IEnumerable<(string Name, string Path)> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => (Path.GetRelativePath(folder, path), path));

    private static IEnumerable<TorchTensor> OfMotion(bool isOriginal, string prefix) =>
        from tensor in Torch(Path.Combine(Model, "motion_adapter", "diffusion_pytorch_model.safetensors"))
        from name in isOriginal ? MotionTensors.Original(tensor.Name) : [tensor.Name]
        select tensor with { Name = prefix + name };

    private static List<TorchTensor> Torch(string safetensors)
    {
        using var file = SafetensorsFile.Open(safetensors);
        return [.. file.Tensors.Values.Select(t => new TorchTensor(t.Name, [.. t.Shape], file.Values(t.Name), t.Type))];
    }
}
