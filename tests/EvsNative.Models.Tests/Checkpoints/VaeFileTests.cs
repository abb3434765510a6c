using EvsNative.Layers;
using EvsNative.Testing;
using Stored =
    (string Name, EvsNative.Layers.StoredType Type, System.Collections.Generic.IReadOnlyList<long> Shape, float[] Values);

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>An autoencoder of one's own, in every form that people have it, replaces the model's; what is none is named.</summary>
public sealed class VaeFileTests : IDisposable
{
    private const string Stem = "diffusion_pytorch_model.safetensors", Prefix = "first_stage_model.";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public VaeFileTests() => _model = SmallModel.WriteFolder(_folder["model"]);

    public static TheoryData<string> Ways => [.. Forms.Keys];

    /// <summary>Each writes an autoencoder of half the model's numbers, and gives the path that is given to the program.</summary>
    private static Dictionary<string, Func<TemporaryFolder, string>> Forms { get; } = new()
    {
        ["a folder"] = folder => Diffusers(folder, "other/", hasConfig: true, "other"),
        ["a model's folder"] = folder => Diffusers(folder, "other/vae/", hasConfig: true, "other"),
        ["a file of a folder"] = folder => Diffusers(folder, "other/vae/", hasConfig: true, $"other/vae/{Stem}"),
        ["a file in diffusers' names"] = folder => Diffusers(folder, "other/", hasConfig: false, $"other/{Stem}"),
        ["a folder with nothing but a file"] = folder => Diffusers(folder, "other/", hasConfig: false, "other"),
        ["a file in the original's names"] = folder => File(folder, Original("")),
        ["the same behind its prefix"] = folder => File(folder, Original(Prefix)),
        ["the same behind another prefix"] = folder => File(folder, Original("vae.")),
        ["a checkpoint in one file"] = folder => File(folder, [.. Original(Prefix), .. NotVae()]),
        ["a checkpoint of Stable Diffusion 2"] = folder => File(folder,
        [
            .. Original(Prefix), Extra("model.diffusion_model.input_blocks.0.0.weight", 1, 4, 1, 1),
            Extra("model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight", 1, 1024),
        ]),
        ["a pickle"] = folder => TorchFiles.WriteZip(folder["other.vae.pt"], new Dictionary<string, object?>
        {
            ["state_dict"] = TorchFiles.Dictionary(Original("").Select(t => new TorchTensor(t.Name, [.. t.Shape], t.Values))),
        }),
        ["diffusers' old words"] = folder => File(folder, Halved().Select(t => t with { Name = Old(t.Name) })),
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public void In_every_form_it_replaces_the_model_s(string way)
    {
        string path = Forms[way](_folder);
        Directory.Delete(Path.Combine(_model, "vae"), recursive: true);
        using var parts = Open(path);
        Assert.Empty(parts.Notices);
        Assert.Equal(SmallModel.Config(ModelPartKind.Vae), parts.Vae.ConfigText());
        EnsureHalved(parts);
    }

    [Fact]
    public void A_checkpoint_without_an_autoencoder_takes_it()
    {
        RawSafetensors.Write(_folder["unet.safetensors"], NotVae());
        string vae = File(_folder, Original(""));
        using var parts = ModelParts.Open(new ModelRequest(_folder["unet.safetensors"])
        {
            NeedsMotion = false,
            Vae = vae,
            Tokenizer = Path.Combine(_model, "tokenizer"),
        });
        Assert.Empty(parts.Notices);
        EnsureHalved(parts);
    }

    [Fact]
    public void The_autoencoder_that_is_replaced_is_not_called_unused()
    {
        RawSafetensors.Write(_folder["whole.safetensors"], SmallModel.Original());
        using var parts = ModelParts.Open(new ModelRequest(_folder["whole.safetensors"])
        {
            NeedsMotion = false,
            Vae = File(_folder, Original("")),
            Tokenizer = Path.Combine(_model, "tokenizer"),
        });
        Assert.Empty(parts.Notices);
        EnsureHalved(parts);
    }

    [Fact]
    public void Its_scale_is_its_configuration_s()
    {
        string folder = Diffusers(_folder, "other/", hasConfig: true, "other");
        string config = SmallModel.Config(ModelPartKind.Vae).Replace("0.18215", "0.5", StringComparison.Ordinal);
        System.IO.File.WriteAllText(Path.Combine(folder, "config.json"), config);
        using var parts = Open(folder);
        Assert.Equal(0.5f, parts.Vae.Config.ScalingFactor);
    }

    [Fact]
    public void What_its_training_left_is_said()
    {
        using var parts = Open(File(_folder, [.. Original(""), Extra("loss.logvar", 1), Extra("loss.discriminator.main.0.weight", 1)]));
        var notice = Assert.Single(parts.Notices);
        Assert.Equal(NoticeCode.Unused, notice.Code);
        Assert.Contains("loss", notice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sdxl_vae.safetensors", null)]
    [InlineData("sdxl-vae-fp16-fix/vae.safetensors", null)]
    [InlineData("plain.safetensors", "stable-diffusion-xl-v1-base/vae")]
    public void One_of_SDXL_is_told_by_names_and_by_its_writer(string name, string? architecture)
    {
        var metadata = new Dictionary<string, string>();
        if (architecture is not null) metadata["modelspec.architecture"] = architecture;
        RawSafetensors.Write(_folder[name], Original(""), metadata);
        using var parts = Open(_folder[name]);
        var notice = Assert.Single(parts.Notices);
        Assert.Equal(NoticeCode.Assumed, notice.Code);
        Assert.Contains("seems to be an autoencoder of SDXL", notice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lora_unet_x.alpha:1", "a LoRA")]
    [InlineData("encoder.layers.0.weight:1 decoder.layers.1.conv.0.weight:1", "a tiny VAE (TAESD)")]
    [InlineData("decoder.conv_in.weight:1,16,1,1 decoder.mid.block_1.conv1.weight:1", "a 16-channel VAE")]
    [InlineData("decoder_unet.x:1", "a consistency decoder")]
    [InlineData("text_model.embeddings.token_embedding.weight:1,768", "a CLIP ViT-L text encoder")]
    [InlineData("model.diffusion_model.input_blocks.0.0.weight:1,4,1,1", "a U-Net")]
    public void What_is_no_autoencoder_of_Stable_Diffusion_is_named(string tensors, string sentence)
    {
        var stored = tensors.Split(' ').Select(tensor => tensor.Split(':'))
            .Select(halves => Extra(halves[0], [.. halves[1].Split(',').Select(long.Parse)]));
        var error = Refused(File(_folder, stored));
        Assert.Equal(InputCode.WrongKind, error.Code);
        Assert.Contains($": {sentence}: an autoencoder of Stable Diffusion 1.5 is needed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encoder.")]
    [InlineData("decoder.")]
    public void Half_an_autoencoder_is_called_one(string half)
    {
        var error = Refused(File(_folder, Original("").Where(t => !t.Name.StartsWith(half, StringComparison.Ordinal))));
        Assert.Equal(InputCode.Incomplete, error.Code);
        Assert.Contains($"its {half.TrimEnd('.')} is missing, and both", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_a_line_says_so()
    {
        Assert.Equal(InputCode.NotFound, Refused(_folder["nowhere.safetensors"]).Code);
        Directory.CreateDirectory(_folder["empty"]);
        var error = Refused(_folder["empty"]);
        Assert.Equal(InputCode.NotFound, error.Code);
        Assert.Contains("no autoencoder is here", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<SmallTensor> Halved() => SmallModel.Tensors.Where(t => t.Part == ModelPartKind.Vae)
        .Select(t => t with { Values = Array.ConvertAll(t.Values, value => value / 2) });

    private static IEnumerable<Stored> Original(string prefix) => Halved().Select(t => (
        prefix + SmallModel.Names.Stored(t.Part, t.Name)[Prefix.Length..],
        StoredType.F32, SingleFileNames.ShapeOf(t.Part, t.Shape), t.Values));

    private static IEnumerable<Stored> NotVae() =>
        SmallModel.Original().Where(t => !t.Name.StartsWith(Prefix, StringComparison.Ordinal));

    private static Stored Extra(string name, params long[] shape) =>
        (name, StoredType.F32, shape, new float[shape.Aggregate(1L, (product, length) => product * length)]);

    private static string Old(string name) => !name.Contains("attentions", StringComparison.Ordinal) ? name : name
        .Replace("to_q.", "query.", StringComparison.Ordinal).Replace("to_k.", "key.", StringComparison.Ordinal)
        .Replace("to_v.", "value.", StringComparison.Ordinal).Replace("to_out.0.", "proj_attn.", StringComparison.Ordinal);

    private static string Diffusers(TemporaryFolder folder, string inside, bool hasConfig, string given)
    {
        RawSafetensors.Write(folder[inside + Stem], Halved().Select(t => (t.Name, StoredType.F32, t.Shape, t.Values)));
        if (hasConfig) System.IO.File.WriteAllText(folder[$"{inside}config.json"], SmallModel.Config(ModelPartKind.Vae));
        return folder[given];
    }

    private static string File(TemporaryFolder folder, IEnumerable<Stored> tensors)
    {
        RawSafetensors.Write(folder["other.safetensors"], tensors);
        return folder["other.safetensors"];
    }

    private static string File(TemporaryFolder folder, IEnumerable<SmallTensor> tensors) =>
        File(folder, tensors.Select(t => (t.Name, StoredType.F32, t.Shape, t.Values)));

    private static void EnsureHalved(ModelParts parts)
    {
        foreach (var tensor in Halved())
        {
            float[] values = new float[tensor.Values.Length];
            parts.Vae.Weights.Read(tensor.Name, parts.Vae.Weights.FindShape(tensor.Name, [])!, values);
            Assert.Equal(tensor.Values, values);
        }
    }

    private ModelParts Open(string vae) => ModelParts.Open(new ModelRequest(_model) { NeedsMotion = false, Vae = vae });

    private InputException Refused(string vae) => Assert.Throws<InputException>(() => Open(vae));
}
