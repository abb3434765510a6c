using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Testing;
using Stored =
    (string Name, EvsNative.Layers.StoredType Type, System.Collections.Generic.IReadOnlyList<long> Shape, float[] Values);

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>One model, written in every way that people have it, is read as the same numbers and gives the same latents.</summary>
public sealed class ModelFileTests : IDisposable
{
    private const string Text = "cond_stage_model.transformer.", UNet = "model.diffusion_model.";

    /// <summary>The folder's latents, which all ways are held against.</summary>
    private static float[]? _wanted;

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ModelFileTests() => _model = SmallModel.WriteFolder(_folder["model"]);

    public static TheoryData<string> Ways => [.. Files.Keys];

    private static Dictionary<string, Func<IEnumerable<Stored>>> Files { get; } = new()
    {
        ["original"] = () => SmallModel.Original(),
        ["original in F16"] = () => SmallModel.Original(StoredType.F16),
        ["original in BF16"] = () => SmallModel.Original(StoredType.BF16),
        ["original of mixed types"] = () => SmallModel.Original().Select((t, i) => t with { Type = Type(i) }),
        ["all behind model."] = () => Named(name => $"model.{name}"),
        ["all behind module."] = () => Named(name => $"module.{name}"),
        ["all behind state_dict."] = () => Named(name => $"state_dict.{name}"),
        ["diffusers"] = SmallModel.Diffusers,
        ["diffusers behind model."] = () => SmallModel.Diffusers().Select(t => t with { Name = $"model.{t.Name}" }),
        ["text encoder without text_model."] = () => Named(name => name.Replace($"{Text}text_model.", Text, StringComparison.Ordinal)),
        ["another program's prefixes"] = () => Named(name => name
            .Replace(UNet, "diffusion_model.", StringComparison.Ordinal).Replace("first_stage_model.", "vae.", StringComparison.Ordinal)
            .Replace(Text, "text_encoders.clip_l.transformer.", StringComparison.Ordinal)),
        ["the autoencoder's attention in other words"] = () => Named(name => name
            .Replace(".attn_1.q.", ".attn_1.to_q.", StringComparison.Ordinal)
            .Replace(".attn_1.k.", ".attn_1.key.", StringComparison.Ordinal)
            .Replace(".attn_1.proj_out.", ".attn_1.to_out.0.", StringComparison.Ordinal)),
        ["diffusers' old words"] = () => SmallModel.Diffusers().Select(t => t with
        {
            Name = t.Name.StartsWith("vae.", StringComparison.Ordinal) && t.Name.Contains("coder.mid_block.att", StringComparison.Ordinal)
                ? t.Name.Replace("to_q.", "query.", StringComparison.Ordinal).Replace("to_k.", "key.", StringComparison.Ordinal)
                    .Replace("to_v.", "value.", StringComparison.Ordinal).Replace("to_out.0.", "to_out.", StringComparison.Ordinal)
                : t.Name,
        }),
        ["with what every checkpoint has"] = () => SmallModel.Original().Concat(
        [
            Extra("betas"), Extra("alphas_cumprod"), Extra("posterior_mean_coef1"), Extra("logvar"), Extra("cond_stage_model.logit_scale"),
            Extra($"{Text}text_projection.weight"), Extra($"{Text}text_projection"),
            Extra($"{Text}text_model.embeddings.position_ids") with { Type = StoredType.I64 },
            Extra($"{Text}vision_model.post_layernorm.weight"),
        ]),
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public void However_it_is_written_it_is_the_same_model(string way)
    {
        string path = _folder["model.safetensors"];
        RawSafetensors.Write(path, Files[way]());
        using ModelParts file = Open(path), folder = Open(_model);
        Assert.Empty(file.Notices);
        SmallRuns.EnsureSame(folder, file);
        _wanted ??= SmallRuns.Latents(folder);
        Assert.Equal(_wanted, SmallRuns.Latents(file));
    }

    [Fact]
    public void What_no_network_needs_is_left_out_and_said_in_a_line()
    {
        var extras = new[]
        {
            "model_ema.decay", "model_ema.num_updates", "first_stage_model.loss.discriminator.main.0.weight", "lora_te_x.alpha",
            "one.thing", "two", "three", "four", "cond_stage_model.extra.weight", $"{UNet}input_blocks.1.0.oddity",
        }.Select(Extra);
        var averages = SmallModel.Original().Where(t => t.Name.StartsWith(UNet, StringComparison.Ordinal))
            .Select(t => t with { Name = Averaged(t.Name), Values = new float[t.Values.Length] }).ToList();
        RawSafetensors.Write(_folder["model.safetensors"], SmallModel.Original().Concat(averages).Concat(extras));
        using ModelParts file = Open(_folder["model.safetensors"]), folder = Open(_model);
        SmallRuns.EnsureSame(folder, file);
        var notice = Assert.Single(file.Notices);
        Assert.Equal(NoticeCode.Unused, notice.Code);
        string[] parts =
        [
            $"model.safetensors: tensors not used: {averages.Count + 2} averages of a training (model_ema), ", "1 of a training (loss)",
            "1 of a LoRA (--lora)", "6 of no network (cond_stage_model.extra.weight, four, ...)",
        ];
        foreach (string part in parts) Assert.Contains(part, notice.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Averages_are_used_where_there_is_nothing_else()
    {
        RawSafetensors.Write(
            _folder["model.safetensors"],
            SmallModel.Original().Select(t => t with { Name = Averaged(t.Name) }).Append(Extra("model_ema.decay")));
        using ModelParts file = Open(_folder["model.safetensors"]), folder = Open(_model);
        SmallRuns.EnsureSame(folder, file);
        var notice = Assert.Single(file.Notices);
        Assert.Equal(NoticeCode.Assumed, notice.Code);
        Assert.Contains("only as the averages of a training", notice.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_shapes_do_not_tell_are_told_by_the_file()
    {
        var heads = SmallModel.UNet with { Heads = 2, NormNumGroups = 16 };
        string config = ConfigWriter.Text(json => ConfigWriter.Write(json, heads));
        var metadata = new Dictionary<string, string> { ["evsnative.config.unet"] = config };
        RawSafetensors.Write(_folder["model.safetensors"], SmallModel.Original(), metadata);
        using (var file = Open(_folder["model.safetensors"])) Assert.Equal(config, file.UNet.ConfigText());

        metadata["evsnative.config.unet"] = "{";
        RawSafetensors.Write(_folder["model.safetensors"], SmallModel.Original(), metadata);
        Assert.Equal(InputCode.Damaged, Refused(_folder["model.safetensors"]).Code);
    }

    [Fact]
    public void A_model_by_formula_in_one_file_is_the_one_in_its_folder()
    {
        FormulaCheckpoint.WriteFolder(Directory.CreateDirectory(_folder["tiny"]).FullName, "tiny", StoredType.F16);
        FormulaCheckpoint.WriteSingleFile(_folder["tiny.safetensors"], "tiny", StoredType.F16);
        using ModelParts folder = Open(_folder["tiny"]), file = Open(_folder["tiny.safetensors"], tokenizer: _folder["tiny/tokenizer"]);
        Assert.Empty(file.Notices);
        SmallRuns.EnsureSame(folder, file);
    }

    [Fact]
    public void A_folder_that_holds_one_file_is_that_file_and_of_several_one_must_be_named()
    {
        RawSafetensors.Write(_folder["checkpoints/a.safetensors"], SmallModel.Original());
        _folder.Write("checkpoints/readme.md", "x"u8);
        using (ModelParts file = Open(_folder["checkpoints"]), folder = Open(_model)) SmallRuns.EnsureSame(folder, file);
        _folder.Write("checkpoints/b.CKPT", "x"u8);
        var error = Refused(_folder["checkpoints"]);
        Assert.Equal(InputCode.NotGiven, error.Code);
        Assert.Contains("holds 2 files of weights (a.safetensors, b.CKPT): give the path of one", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unet/diffusion_pytorch_model.safetensors")]
    [InlineData("text_encoder/config.json")]
    [InlineData("model_index.json")]
    public void A_file_of_a_folder_s_is_not_the_model(string name)
    {
        _folder.Write("model/model_index.json", "{}"u8);
        var error = Refused(Path.Combine(_model, name));
        Assert.Equal(InputCode.WrongKind, error.Code);
        Assert.EndsWith($"a file of the model in the folder {_model}: give the folder", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("first_stage_model.", false, "a U-Net without a text encoder and an autoencoder: take the whole")]
    [InlineData("first_stage_model.", true, "a checkpoint without an autoencoder: give one with --vae")]
    [InlineData("", false, "a checkpoint without a text encoder: take the whole checkpoint")]
    public void What_is_missing_is_said_in_a_line(string vae, bool hasText, string line)
    {
        RawSafetensors.Write(_folder["model.safetensors"], SmallModel.Original().Where(t =>
            (vae.Length == 0 || !t.Name.StartsWith(vae, StringComparison.Ordinal))
            && (hasText || !t.Name.StartsWith(Text, StringComparison.Ordinal))));
        var error = Refused(_folder["model.safetensors"]);
        Assert.Equal(InputCode.Incomplete, error.Code);
        Assert.Contains($"model.safetensors: {line}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("down_blocks.0.resnets.0.norm1.weight")]
    [InlineData("mid_block.attentions.0.proj_in.weight")]
    public void A_U_Net_alone_in_either_naming_is_called_one(string one)
    {
        var unet = SmallModel.Tensors.Where(t => t.Part == ModelPartKind.UNet).ToList();
        Assert.Contains(unet, t => t.Name == one);
        RawSafetensors.Write(_folder["a.safetensors"], unet.Select(t => (t.Name, StoredType.F32, t.Shape, t.Values)));
        RawSafetensors.Write(_folder["b.safetensors"], unet.Select(t => (
            SmallModel.Names.Stored(t.Part, t.Name)[UNet.Length..], StoredType.F32, t.Shape, t.Values)));
        foreach (string name in new[] { "a", "b" })
            Assert.Contains("a U-Net without a text encoder", Refused(_folder[$"{name}.safetensors"]).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lora_unet_x.alpha", "a LoRA: give it with --lora", InputCode.WrongKind)]
    [InlineData("emb_params", "a textual inversion: give it with --embedding", InputCode.WrongKind)]
    [InlineData("first_stage_model.decoder.conv_in.weight", "a VAE: give it with --vae", InputCode.WrongKind)]
    [InlineData("down_blocks.0.motion_modules.0.norm.weight", "a motion adapter: give it with --motion", InputCode.WrongKind)]
    [InlineData("double_blocks.0.x", "a Flux transformer: a Stable Diffusion 1.5 model is needed", InputCode.WrongKind)]
    [InlineData("thing", "of no kind known here (thing ...): a Stable Diffusion 1.5 model is needed", InputCode.WrongKind)]
    public void What_is_no_model_comes_with_the_place_where_it_belongs(string tensor, string line, InputCode code)
    {
        RawSafetensors.Write(_folder["x.safetensors"], [Extra(tensor)]);
        var error = Refused(_folder["x.safetensors"]);
        Assert.Equal(code, error.Code);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v_pred", "v-prediction checkpoint: only models that predict noise", InputCode.WrongKind)]
    [InlineData($"{UNet}time_embed.cond_proj.weight", "LCM-distilled checkpoint: its guidance is an input", InputCode.WrongKind)]
    [InlineData($"{UNet}position_net.null", "a GLIGEN checkpoint: take the plain", InputCode.WrongKind)]
    [InlineData($"{UNet}label_emb.0.0.weight", "layers that Stable Diffusion 1.5 has not", InputCode.Unsupported)]
    [InlineData($"{UNet}input_blocks.1.1.transformer_blocks.1.norm1.weight", "layers that Stable", InputCode.Unsupported)]
    public void Layers_that_change_what_is_computed_are_refused(string tensor, string line, InputCode code)
    {
        RawSafetensors.Write(_folder["x.safetensors"], SmallModel.Original().Append(Extra(tensor)));
        var error = Refused(_folder["x.safetensors"]);
        Assert.Equal(code, error.Code);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_beside_the_file_may_say_that_it_predicts_velocity()
    {
        RawSafetensors.Write(_folder["x.safetensors"], SmallModel.Original());
        _folder.Write("x.yaml", "model:\n  params:\n    parameterization: \"eps\"\n"u8);
        Open(_folder["x.safetensors"]).Dispose();
        _folder.Write("x.yaml", "model:\n  params:\n    parameterization: \"v\"\n"u8);
        Assert.Contains("v-prediction", Refused(_folder["x.safetensors"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_tensor_is_listed_under_the_name_of_its_network()
    {
        RawSafetensors.Write(
            _folder["x.safetensors"],
            SmallModel.Original().Where(t => !t.Name.EndsWith("middle_block.0.in_layers.2.bias", StringComparison.Ordinal)));
        using var parts = Open(_folder["x.safetensors"]);
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var error = Assert.Throws<InputException>(() => EvsNetworks.Load(d, parts));
        Assert.Equal(InputCode.Incomplete, error.Code);
        Assert.Equal("missing: mid_block.resnets.0.conv1.bias wanted [64]", Assert.Single(error.Details));
    }

    [Fact]
    public void Names_of_many_blocks_and_layers_cost_no_more_than_the_file()
    {
        var text = SmallModel.Diffusers().Where(t => t.Name.StartsWith("text_encoder.", StringComparison.Ordinal));
        var names = Enumerable.Range(0, InputLimits.Layers).Select(i => $"unet.down_blocks.0.resnets.{i}.conv1.weight")
            .Concat(Enumerable.Range(1, InputLimits.Levels - 1).Select(i => $"unet.down_blocks.{i}.resnets.0.conv1.weight"))
            .Concat(Enumerable.Range(0, InputLimits.Layers).Select(i => $"vae.encoder.down_blocks.0.resnets.{i}.conv1.weight"))
            .Concat(Enumerable.Range(0, InputLimits.Levels).Select(i => $"vae.decoder.up_blocks.{i}.resnets.0.conv1.weight"))
            .Append("unet.conv_in.weight").Append("vae.decoder.conv_in.weight");
        string path = _folder["x.safetensors"];
        RawSafetensors.Write(path, text.Select(t => t with { Shape = [0], Values = [] }).Concat(names.Select(Extra)));
        Refused(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(path);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before, length = new FileInfo(path).Length;
        Assert.InRange(allocated, 0, (InputLimits.OpeningFactor * length) + InputLimits.OpeningBytes);
    }

    private static StoredType Type(int i) => (i % 3) switch { 0 => StoredType.F32, 1 => StoredType.F16, _ => StoredType.BF16 };

    private static IEnumerable<Stored> Named(Func<string, string> name) =>
        SmallModel.Original().Select(t => t with { Name = name(t.Name) });

    private static Stored Extra(string name) => (name, StoredType.F32, [1], [1]);

    /// <summary>model.diffusion_model.x.y is model_ema.diffusion_modelxy; other networks are not averaged.</summary>
    private static string Averaged(string name) => !name.StartsWith(UNet, StringComparison.Ordinal) ? name
        : $"model_ema.{name["model.".Length..].Replace(".", "", StringComparison.Ordinal)}";

    private ModelParts Open(string path, string? vae = null, string? tokenizer = null) => ModelParts.Open(new ModelRequest(path)
    {
        NeedsMotion = false,
        Vae = vae,
        Tokenizer = tokenizer ?? Path.Combine(_model, "tokenizer"),
    });

    private InputException Refused(string path) => Assert.Throws<InputException>(() => Open(path));
}
