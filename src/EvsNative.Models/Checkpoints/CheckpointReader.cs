using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Tells what a file holds by the names and shapes of its tensors, and what they leave open by what its writer said; and what a folder
/// holds by its index and its folders.
/// </summary>
internal sealed class CheckpointReader
{
    /// <summary>
    /// What stands beside numbers of few bits and is to be multiplied with them: bitsandbytes' blocks and rows, GPTQ's words, the scales of
    /// ComfyUI's scaled FP8 and of its newer form.
    /// </summary>
    private static readonly string[] Scales =
        [".quant_map", ".absmax", ".quant_state.", ".qweight", ".SCB", ".scale_weight", ".weight_scale", ".comfy_quant"];

    private readonly IWeightFile _file;
    private readonly CheckpointNames _names;
    private readonly NetworkPlaces _places;

    private CheckpointReader(IWeightFile file)
    {
        _file = file;
        _names = new CheckpointNames(file);
        _places = new NetworkPlaces(_names);
    }

    /// <summary>The facts of a file.</summary>
    /// <param name="file">the file, or several that read as one</param>
    /// <param name="metadata">what the writer said about it; a <see cref="TensorFile"/> knows its own</param>
    public static CheckpointFacts Read(IWeightFile file, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var facts = new CheckpointReader(file).Facts();
        if ((metadata ?? (file as TensorFile)?.Metadata) is { Count: > 0 } words) facts = CheckpointMetadata.Complete(facts, words);
        return facts with { Tensors = file.Names.Count, Example = file.Names.FirstOrDefault() ?? "" };
    }

    /// <summary>The facts of a folder in the diffusers layout; see <see cref="CheckpointPipelines"/>.</summary>
    public static CheckpointFacts ReadFolder(string folder) => CheckpointPipelines.Read(folder);

    private CheckpointFacts Facts()
    {
        if (_names.Count == 0) return new(CheckpointKind.Empty);
        if (Find(CheckpointSigns.Changes) is { } change) return change;
        if (MotionContent.Recognize(_file) is { } motion)
            return motion.Kind == CheckpointKind.VideoUNet ? motion with { Contents = _places.Contents } : motion;
        if (Find(CheckpointSigns.Models) is { } other) return WithContents(other);
        var unet = _places.UNet is { } place ? Of(place) : null;
        if (unet is null or { Family: CheckpointFamily.Unknown } && _names.Any("conditioner.embedders.", "text_encoder_2."))
            return WithContents(new(CheckpointKind.Checkpoint) { Family = CheckpointFamily.StableDiffusionXl });
        if (unet is not null) return unet;
        if (Find(CheckpointSigns.Companions) is { } companion) return companion;
        if (_places.Vae is { } vae) return Of(vae, new(CheckpointKind.Vae));
        if (_places.TextEncoder is { } text) return TextEncoder(text);
        return Find(CheckpointSigns.Encoders) ?? Find(CheckpointSigns.Pieces) ?? new(CheckpointKind.Unknown);
    }

    private CheckpointFacts? Find(IReadOnlyList<CheckpointSign> signs) => signs.FirstOrDefault(sign => sign.Shows(_names))?.Facts;

    /// <summary>With an autoencoder or a text encoder beside it, a denoiser is a whole model.</summary>
    private CheckpointFacts WithContents(CheckpointFacts facts) => facts with
    {
        Contents = _places.Contents,
        Kind = (_places.Contents & ~CheckpointContents.UNet) != 0 ? CheckpointKind.Checkpoint : facts.Kind,
        Layout = facts.Layout == CheckpointLayout.Unknown ? CheckpointLayout.SingleFile : facts.Layout,
    };

    /// <summary>The family by the width of the text, the variant by the channels of the input and by layers of its own.</summary>
    private CheckpointFacts Of(NetworkPlace place)
    {
        string prefix = place.Prefix;
        bool isAverage = place.Layout == CheckpointLayout.Averages, isOriginal = place.Layout != CheckpointLayout.Diffusers;
        bool isWhole = (_places.Contents & ~CheckpointContents.UNet) != 0;
        string input = isAverage ? "diffusion_modelinput_blocks00weight" : isOriginal ? "input_blocks.0.0.weight" : "conv_in.weight";
        return WithContents(new(CheckpointKind.UNet)
        {
            Layout = isOriginal ? CheckpointLayout.SingleFile : isWhole ? CheckpointLayout.DiffusersInOneFile : CheckpointLayout.Diffusers,
            Family = _names.InputsOfAny(prefix, isAverage ? "attn2to_kweight" : "attn2.to_k.weight") switch
            {
                768 => CheckpointFamily.StableDiffusion1,
                1024 => CheckpointFamily.StableDiffusion2,
                1280 => CheckpointFamily.StableDiffusionXlRefiner,
                2048 => CheckpointFamily.StableDiffusionXl,
                _ => CheckpointFamily.Unknown,
            },
            Variant = Variant(prefix, _names.Inputs(prefix + input)),
        });
    }

    private CheckpointVariant Variant(string prefix, long? inputs)
    {
        if (_names.Any("cc_projection.")) return CheckpointVariant.Zero123;
        if (_names.Any("position_net.", ".fuser.")) return CheckpointVariant.Gligen;
        if (_names.Starts($"{prefix}time_embedding.cond_proj.", $"{prefix}time_embed.cond_proj.")) return CheckpointVariant.Distilled;
        if (_names.Any(Scales)) return CheckpointVariant.Quantized;
        if (_names.All.Contains("v_pred")) return CheckpointVariant.VPrediction;
        if (_names.Any("cond_stage_model.model.visual.", "cond_stage_model.vision_model.")) return CheckpointVariant.ImageVariation;
        return inputs switch
        {
            null or 4 => IsShrunk(prefix) ? CheckpointVariant.Shrunk : CheckpointVariant.None,
            5 => CheckpointVariant.Depth,
            7 => CheckpointVariant.Upscaling,
            8 => CheckpointVariant.InstructPix2Pix,
            9 => CheckpointVariant.Inpainting,
            _ => CheckpointVariant.OtherInput,
        };
    }

    /// <summary>Distilled small networks leave layers out, the middle block among them.</summary>
    private bool IsShrunk(string prefix) =>
        _names.Starts($"{prefix}up_blocks.", $"{prefix}output_blocks.")
        && _names.Starts($"{prefix}down_blocks.", $"{prefix}input_blocks.1.")
        && !_names.Starts($"{prefix}mid_block.", $"{prefix}middle_block.");

    /// <summary>Autoencoders of other families by latents and layers; SDXL's has the names and shapes of Stable Diffusion's.</summary>
    private CheckpointFacts Of(NetworkPlace place, CheckpointFacts vae)
    {
        string title = _names.Shape($"{place.Prefix}decoder.conv_in.weight") switch
        {
            { Count: 5 } => "video",
            _ when _names.Any("time_stack.", "temporal_res_block.", "time_mixer.") => "video",
            _ when _names.Any("quantize.embedding", ".norm_q.", ".spatial_norm.") => "VQ",
            _ when _names.Any("condition_encoder.") => "asymmetric",
            [_, 4, ..] or null or { Count: < 2 } => "",
            [_, var latents, ..] => $"{latents}-channel",
        };
        return vae with { Layout = place.Layout, Title = title, Contents = CheckpointContents.Vae };
    }

    /// <summary>CLIP ViT-L, or one that other families read, by the width of its words.</summary>
    private CheckpointFacts TextEncoder(NetworkPlace place)
    {
        const string words = "embeddings.token_embedding.weight";
        long? width = _names.Inputs($"{place.Prefix}text_model.{words}") ?? _names.Inputs($"{place.Prefix}{words}");
        return new(CheckpointKind.TextEncoder)
        {
            Layout = CheckpointLayout.Diffusers,
            Contents = CheckpointContents.TextEncoder,
            Title = width switch { 768 => "CLIP ViT-L", 1024 => "OpenCLIP ViT-H", 1280 => "OpenCLIP ViT-bigG", _ => "" },
        };
    }
}
