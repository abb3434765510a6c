using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// What folders in the diffusers layout hold. Many pipelines share most names of files: the index, which names the pipeline, and the names
/// of the folders tell them apart.
/// </summary>
internal static class CheckpointPipelines
{
    /// <summary>Words of the pipelines' names, the more exact first.</summary>
    private static readonly (string Word, CheckpointFamily Family, CheckpointVariant Variant)[] Pipelines =
    [
        ("XL", CheckpointFamily.StableDiffusionXl, CheckpointVariant.None),
        ("StableVideo", CheckpointFamily.StableVideoDiffusion, CheckpointVariant.None),
        ("StableDiffusion3", CheckpointFamily.StableDiffusion3, CheckpointVariant.None),
        ("Flux", CheckpointFamily.Flux, CheckpointVariant.None),
        ("TextToVideo", CheckpointFamily.ModelScope, CheckpointVariant.None),
        ("VideoToVideoSD", CheckpointFamily.ModelScope, CheckpointVariant.None),
        ("Kandinsky", CheckpointFamily.Kandinsky, CheckpointVariant.None),
        ("Cascade", CheckpointFamily.StableCascade, CheckpointVariant.None),
        ("Wuerstchen", CheckpointFamily.StableCascade, CheckpointVariant.None),
        ("IFPipeline", CheckpointFamily.DeepFloyd, CheckpointVariant.None),
        ("Inpaint", CheckpointFamily.Unknown, CheckpointVariant.Inpainting),
        ("InstructPix2Pix", CheckpointFamily.Unknown, CheckpointVariant.InstructPix2Pix),
        ("Depth2Img", CheckpointFamily.Unknown, CheckpointVariant.Depth),
        ("Upscale", CheckpointFamily.Unknown, CheckpointVariant.Upscaling),
        ("GLIGEN", CheckpointFamily.Unknown, CheckpointVariant.Gligen),
        ("ImageVariation", CheckpointFamily.Unknown, CheckpointVariant.ImageVariation),
    ];

    /// <summary>The facts of a folder.</summary>
    public static CheckpointFacts Read(string folder)
    {
        string index = Path.Combine(folder, "model_index.json");
        string pipeline = (File.Exists(index) ? JsonFile.ReadObject(index).Text("_class_name") : null) ?? "";
        bool Has(string part) => Directory.Exists(Path.Combine(folder, part));
        var (_, family, variant) = Pipelines.FirstOrDefault(row => pipeline.Contains(row.Word, StringComparison.Ordinal));
        if (family == CheckpointFamily.Unknown && Has("transformer"))
            (family, variant) = (CheckpointFamily.Transformer, CheckpointVariant.None);
        if (Has("text_encoder_2") && !Has("transformer")) family = CheckpointFamily.StableDiffusionXl;
        if (Has("prior") && Has("decoder")) family = CheckpointFamily.StableCascade;
        return new(CheckpointKind.Checkpoint)
        {
            Layout = CheckpointLayout.Diffusers,
            Evidence = CheckpointEvidence.Config,
            Family = family,
            Variant = variant,
        };
    }
}
