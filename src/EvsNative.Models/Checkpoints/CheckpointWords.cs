namespace EvsNative.Models;

/// <summary>What people call kinds, families and variants of files of weights.</summary>
internal static class CheckpointWords
{
    /// <summary>A family; none for one that is not known.</summary>
    public static string Of(CheckpointFamily family) => family switch
    {
        CheckpointFamily.StableDiffusion1 => "Stable Diffusion 1",
        CheckpointFamily.StableDiffusion2 => "Stable Diffusion 2",
        CheckpointFamily.StableDiffusionXl => "SDXL",
        CheckpointFamily.StableDiffusionXlRefiner => "SDXL refiner",
        CheckpointFamily.StableDiffusion3 => "Stable Diffusion 3",
        CheckpointFamily.Flux => "Flux",
        CheckpointFamily.VideoCrafter => "VideoCrafter",
        CheckpointFamily.StableVideoDiffusion => "Stable Video Diffusion",
        CheckpointFamily.ModelScope => "ModelScope text-to-video",
        CheckpointFamily.Kandinsky => "Kandinsky",
        CheckpointFamily.StableCascade => "Stable Cascade",
        CheckpointFamily.DeepFloyd => "DeepFloyd IF",
        CheckpointFamily.AnimateDiff => "AnimateDiff",
        CheckpointFamily.AnimateDiffLightning => "AnimateDiff-Lightning",
        CheckpointFamily.AnimateLcm => "AnimateLCM",
        CheckpointFamily.AnimateDiffXl => "AnimateDiff-SDXL",
        CheckpointFamily.HotshotXl => "HotshotXL",
        CheckpointFamily.Pia => "PIA",
        CheckpointFamily.AnimateLcmI2V => "AnimateLCM-I2V",
        CheckpointFamily.FancyVideo => "FancyVideo",
        CheckpointFamily.CameraCtrl => "CameraCtrl",
        CheckpointFamily.MotionCtrl => "MotionCtrl",
        CheckpointFamily.SparseCtrl => "SparseCtrl",
        _ => "",
    };

    /// <summary>A variant; none for the plain model.</summary>
    public static string Of(CheckpointVariant variant) => variant switch
    {
        CheckpointVariant.Inpainting => "inpainting",
        CheckpointVariant.InstructPix2Pix => "InstructPix2Pix",
        CheckpointVariant.Depth => "depth-to-image",
        CheckpointVariant.Upscaling => "upscaling",
        CheckpointVariant.OtherInput => "many-input",
        CheckpointVariant.VPrediction => "v-prediction",
        CheckpointVariant.Distilled => "LCM-distilled",
        CheckpointVariant.Gligen => "GLIGEN",
        CheckpointVariant.Zero123 => "Zero123",
        CheckpointVariant.ImageVariation => "image-variation",
        CheckpointVariant.Shrunk => "shrunk",
        CheckpointVariant.Quantized => "quantized",
        _ => "",
    };

    /// <summary>A kind.</summary>
    public static string Of(CheckpointKind kind, CheckpointLayout layout = CheckpointLayout.Unknown) => kind switch
    {
        CheckpointKind.Checkpoint => layout == CheckpointLayout.Diffusers ? "model" : "checkpoint",
        CheckpointKind.UNet => "U-Net",
        CheckpointKind.Transformer => "transformer",
        CheckpointKind.Vae => "VAE",
        CheckpointKind.TinyVae => "tiny VAE (TAESD)",
        CheckpointKind.ConsistencyDecoder => "consistency decoder",
        CheckpointKind.TextEncoder => "text encoder",
        CheckpointKind.ImageEncoder => "CLIP image encoder",
        CheckpointKind.MotionAdapter => "motion adapter",
        CheckpointKind.VideoUNet => "whole video U-Net",
        CheckpointKind.MotionLora => "motion LoRA",
        CheckpointKind.Lora => "LoRA",
        CheckpointKind.Lycoris => "LyCORIS adapter",
        CheckpointKind.ControlNet => "ControlNet",
        CheckpointKind.T2IAdapter => "T2I-Adapter",
        CheckpointKind.IpAdapter => "IP-Adapter",
        CheckpointKind.Gligen => "GLIGEN adapter",
        CheckpointKind.TextualInversion => "textual inversion",
        CheckpointKind.Hypernetwork => "hypernetwork",
        CheckpointKind.Upscaler => "picture upscaler",
        CheckpointKind.AestheticScorer => "aesthetic scorer",
        CheckpointKind.VideoScorer => "video scorer",
        CheckpointKind.FrameInterpolator => "frame interpolator",
        CheckpointKind.VisionTransformer => "vision transformer",
        CheckpointKind.Siglip => "SigLIP model",
        CheckpointKind.SafetyChecker => "safety checker",
        _ => "file",
    };
}
