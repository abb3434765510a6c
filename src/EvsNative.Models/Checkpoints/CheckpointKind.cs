using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Says what a safetensors file holds, by the names and shapes of its tensors.</summary>
internal static class CheckpointKind
{
    private const string SingleFileUNet = "model.diffusion_model.";

    /// <summary>What the file is, as "an SDXL checkpoint".</summary>
    public static string Describe(IWeightFile file)
    {
        bool Any(string part) => file.Names.Any(name => name.Contains(part, StringComparison.Ordinal));
        bool Starts(string part) => file.Names.Any(name => name.StartsWith(part, StringComparison.Ordinal));

        if (Any("lora_") || Any(".lora.") || Any("_lora.")) return Any("motion_modules.") ? "a motion LoRA" : "a LoRA";
        if (Any("hada_") || Any("lokr_")) return "a LyCORIS adapter";
        if (Starts("conditioner.embedders.") || Starts("text_encoder_2.")) return "an SDXL checkpoint";
        if (Any("joint_blocks.")) return "a Stable Diffusion 3 checkpoint";
        if (Any("double_blocks.")) return "a Flux checkpoint";
        if (Starts($"{SingleFileUNet}init_attn.")) return "a VideoCrafter checkpoint";
        if (Starts(SingleFileUNet)) return DescribeSingleFile(file);
        if (Any("control_model.") || Any("controlnet_cond_embedding.")) return "a ControlNet";
        if (Any("motion_modules.")) return Starts("time_embedding.") ? "a whole video U-Net" : "a motion adapter";
        if (Starts("down_blocks.") && Starts("conv_in.")) return DescribeUNet(file, "conv_in.weight");
        if (Starts("first_stage_model.") || Starts("decoder.conv_in.") || Starts("encoder.conv_in.")) return "a VAE";
        if (Any("text_model.")) return "a text encoder";
        if (Starts("emb_params")) return "a textual inversion";
        if (file.Names.Count == 0) return "a file without tensors";
        return $"a file of {file.Names.Count} tensors of no kind known here ({Short(file.Names.First())} ...)";
    }

    private static string DescribeSingleFile(IWeightFile file)
    {
        string unet = DescribeUNet(file, $"{SingleFileUNet}input_blocks.0.0.weight");
        bool isWhole = file.Names.Any(name => name.StartsWith("first_stage_model.", StringComparison.Ordinal));
        return isWhole ? unet.Replace("U-Net", "checkpoint", StringComparison.Ordinal) : unet;
    }

    /// <summary>The family by the width of the text, the variant by the channels of the input.</summary>
    private static string DescribeUNet(IWeightFile file, string input)
    {
        string variant = Second(file, input) switch
        {
            9 => " inpainting",
            8 => " InstructPix2Pix",
            _ => "",
        };
        string? keys = file.Names.FirstOrDefault(name => name.EndsWith("attn2.to_k.weight", StringComparison.Ordinal));
        return (keys is null ? null : Second(file, keys)) switch
        {
            768 => $"a Stable Diffusion 1{variant} U-Net",
            1024 => $"a Stable Diffusion 2{variant} U-Net",
            2048 => $"an SDXL{variant} U-Net",
            _ => $"a{(variant.Length > 0 ? "n" + variant : "")} U-Net",
        };
    }

    private static long? Second(IWeightFile file, string name) => file.FindShape(name, []) is { Count: >= 2 } shape ? shape[1] : null;

    /// <summary>A name from a file, fit for one line of an error message.</summary>
    public static string Short(string name) => string.Concat(name.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
