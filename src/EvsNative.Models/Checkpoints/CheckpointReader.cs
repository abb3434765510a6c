using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Tells what a file holds by the names and shapes of its tensors, and what a folder holds by its index and its folders.</summary>
internal sealed class CheckpointReader
{
    private const string SingleFileUNet = "model.diffusion_model.", SingleFileVae = "first_stage_model.";
    private const string MotionModules = "motion_modules.";

    private readonly IWeightFile _file;

    private CheckpointReader(IWeightFile file) => _file = file;

    /// <summary>The facts of a file.</summary>
    public static CheckpointFacts Read(IWeightFile file) =>
        new CheckpointReader(file).Facts() with { Tensors = file.Names.Count, Example = file.Names.FirstOrDefault() ?? "" };

    /// <summary>
    /// The facts of a folder in the diffusers layout. Many pipelines share most names of files: the index tells them apart.
    /// </summary>
    public static CheckpointFacts ReadFolder(string folder)
    {
        string index = Path.Combine(folder, "model_index.json");
        string pipeline = (File.Exists(index) ? JsonFile.ReadObject(index).Text("_class_name") : null) ?? "";
        bool Is(string word) => pipeline.Contains(word, StringComparison.Ordinal);
        bool Has(string part) => Directory.Exists(Path.Combine(folder, part));
        return new(CheckpointKind.Checkpoint)
        {
            Layout = CheckpointLayout.Diffusers,
            Evidence = CheckpointEvidence.Config,
            Family = Has("text_encoder_2") || Is("XL") ? CheckpointFamily.StableDiffusionXl
                : Has("transformer") ? CheckpointFamily.Transformer
                : CheckpointFamily.Unknown,
            Variant = Is("Inpaint") ? CheckpointVariant.Inpainting
                : Is("InstructPix2Pix") ? CheckpointVariant.InstructPix2Pix
                : CheckpointVariant.None,
        };
    }

    private CheckpointFacts Facts()
    {
        if (_file.Names.Count == 0) return new(CheckpointKind.Empty);
        bool isOfMotion = Any(MotionModules), isLora = Any("lora_") || Any(".lora.") || Any("_lora.");
        if (isLora) return new(isOfMotion ? CheckpointKind.MotionLora : CheckpointKind.Lora);
        if (Any("hada_") || Any("lokr_")) return new(CheckpointKind.Lycoris);
        if (MotionContent.Recognize(_file) is { } motion) return motion;
        if (Starts("conditioner.embedders.") || Starts("text_encoder_2.")) return Checkpoint(CheckpointFamily.StableDiffusionXl);
        if (Any("joint_blocks.")) return Checkpoint(CheckpointFamily.StableDiffusion3);
        if (Any("double_blocks.")) return Checkpoint(CheckpointFamily.Flux);
        if (Starts($"{SingleFileUNet}init_attn.")) return Checkpoint(CheckpointFamily.VideoCrafter);
        if (Starts(SingleFileUNet)) return SingleFile();
        if (Any("control_model.")) return new(CheckpointKind.ControlNet) { Layout = CheckpointLayout.SingleFile };
        if (Any("controlnet_cond_embedding.")) return new(CheckpointKind.ControlNet) { Layout = CheckpointLayout.Diffusers };
        if (Starts("down_blocks.") && Starts("conv_in.")) return UNet("conv_in.weight", CheckpointLayout.Diffusers);
        if (Starts(SingleFileVae) || Starts("decoder.conv_in.") || Starts("encoder.conv_in.")) return Vae();
        if (Any("text_model.")) return new(CheckpointKind.TextEncoder) { Layout = CheckpointLayout.Diffusers };
        if (Starts("emb_params")) return new(CheckpointKind.TextualInversion);
        return new(CheckpointKind.Unknown);
    }

    private static CheckpointFacts Checkpoint(CheckpointFamily family) =>
        new(CheckpointKind.Checkpoint) { Family = family, Layout = CheckpointLayout.SingleFile };

    private CheckpointFacts SingleFile()
    {
        var unet = UNet($"{SingleFileUNet}input_blocks.0.0.weight", CheckpointLayout.SingleFile);
        return Starts(SingleFileVae) ? unet with { Kind = CheckpointKind.Checkpoint } : unet;
    }

    /// <summary>The family by the width of the text, the variant by the channels of the input.</summary>
    private CheckpointFacts UNet(string input, CheckpointLayout layout)
    {
        string? keys = _file.Names.FirstOrDefault(name => name.EndsWith("attn2.to_k.weight", StringComparison.Ordinal));
        return new(CheckpointKind.UNet)
        {
            Layout = layout,
            Family = (keys is null ? null : Second(keys)) switch
            {
                768 => CheckpointFamily.StableDiffusion1,
                1024 => CheckpointFamily.StableDiffusion2,
                2048 => CheckpointFamily.StableDiffusionXl,
                _ => CheckpointFamily.Unknown,
            },
            Variant = Second(input) switch
            {
                9 => CheckpointVariant.Inpainting,
                8 => CheckpointVariant.InstructPix2Pix,
                _ => CheckpointVariant.None,
            },
        };
    }

    private CheckpointFacts Vae() => new(CheckpointKind.Vae)
    {
        Layout = Any("_blocks.") ? CheckpointLayout.Diffusers : Any(".mid.") ? CheckpointLayout.SingleFile : CheckpointLayout.Unknown,
    };

    private bool Any(string part) => _file.Names.Any(name => name.Contains(part, StringComparison.Ordinal));

    private bool Starts(string part) => _file.Names.Any(name => name.StartsWith(part, StringComparison.Ordinal));

    private long? Second(string name) => _file.FindShape(name, []) is { Count: >= 2 } shape ? shape[1] : null;
}
