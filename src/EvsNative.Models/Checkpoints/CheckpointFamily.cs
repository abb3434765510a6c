namespace EvsNative.Models;

/// <summary>Models that can stand in for each other: of one architecture, or for motion modules sampled in one way.</summary>
internal enum CheckpointFamily
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>Stable Diffusion 1.x and its fine-tunes.</summary>
    StableDiffusion1,

    /// <summary>Stable Diffusion 2.x.</summary>
    StableDiffusion2,

    /// <summary>Stable Diffusion XL.</summary>
    StableDiffusionXl,

    /// <summary>The refiner of Stable Diffusion XL.</summary>
    StableDiffusionXlRefiner,

    /// <summary>Stable Diffusion 3.x.</summary>
    StableDiffusion3,

    /// <summary>Flux.</summary>
    Flux,

    /// <summary>VideoCrafter.</summary>
    VideoCrafter,

    /// <summary>Stable Video Diffusion.</summary>
    StableVideoDiffusion,

    /// <summary>ModelScope's text-to-video model and its fine-tunes, Zeroscope among them.</summary>
    ModelScope,

    /// <summary>Kandinsky 2.x.</summary>
    Kandinsky,

    /// <summary>Stable Cascade and Würstchen.</summary>
    StableCascade,

    /// <summary>DeepFloyd IF.</summary>
    DeepFloyd,

    /// <summary>Any other model with a transformer in place of the U-Net; <see cref="CheckpointFacts.Title"/> says which.</summary>
    Transformer,

    /// <summary>Motion modules: AnimateDiff v1, v2 and v3.</summary>
    AnimateDiff,

    /// <summary>Motion modules: AnimateDiff-Lightning, distilled for few steps.</summary>
    AnimateDiffLightning,

    /// <summary>Motion modules: AnimateLCM.</summary>
    AnimateLcm,

    /// <summary>Motion modules for SDXL: AnimateDiff-SDXL.</summary>
    AnimateDiffXl,

    /// <summary>Motion modules for SDXL: HotshotXL.</summary>
    HotshotXl,

    /// <summary>Motion modules that take a picture too: PIA.</summary>
    Pia,

    /// <summary>Motion modules that take a picture too: AnimateLCM-I2V.</summary>
    AnimateLcmI2V,

    /// <summary>Motion modules that take a picture, a rate and an amount of motion: FancyVideo.</summary>
    FancyVideo,

    /// <summary>Motion modules that take the way of a camera: CameraCtrl.</summary>
    CameraCtrl,

    /// <summary>Motion modules that take the way of a camera: MotionCtrl.</summary>
    MotionCtrl,

    /// <summary>A ControlNet over frames: SparseCtrl.</summary>
    SparseCtrl,
}
