using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Settings;

/// <summary>Sizes, and how many frames are worked on at a time.</summary>
public static class PictureSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("picture");

    /// <summary>The factor of enlargement.</summary>
    public static Setting<double> Upscale { get; } = Group.Add(new Setting<double>(
        "upscale", Wordings.Number, "size of the result over the clip's")
    {
        IsCommon = true,
        Default = "2",
        Example = "1",
        Limit = nameof(EvsConfig.Upscale),
        Apply = (c, factor) => c with { Upscale = factor },
        Holds = c => c.Upscale,
    });

    /// <summary>Where the picture is enlarged.</summary>
    public static Setting<UpscaleIn> UpscaleIn { get; } = Group.Add(new Setting<UpscaleIn>(
        "upscale-in",
        Wordings.OneOf(("pixels", Models.Evs.UpscaleIn.Pixels), ("latents", Models.Evs.UpscaleIn.Latents)),
        "where it is enlarged; with latents the video model works at the clip's own size")
    {
        Default = "pixels",
        Example = "latents",
        Apply = (c, place) => c with { UpscaleIn = place },
        Holds = c => c.UpscaleIn,
    });

    /// <summary>Frames that are worked on at a time.</summary>
    public static Setting<int> FramesPerPass { get; } = Group.Add(new Setting<int>(
        "frames-per-pass", Wordings.Whole,
        "frames that the image model and the autoencoder see at a time: fewer take less memory, the result is the same")
    {
        Default = "0, for as many as a window",
        Example = "4",
        Limit = nameof(EvsConfig.FramesPerPass),
        Apply = (c, frames) => c with { FramesPerPass = frames },
        Holds = c => c.FramesPerPass,
    });

    /// <summary>Rows that the autoencoder works on at a time.</summary>
    public static Setting<int> VaeTiling { get; } = Group.Add(new Setting<int>(
        "vae-tiling", Wordings.Whole,
        "rows of latents in a tile of the autoencoder: fewer take less memory; there are no seams, the result differs by rounding alone")
    {
        Default = "0, for whole pictures if they fit",
        Example = "16",
        Limit = nameof(EvsConfig.VaeTiling),
        Apply = (c, rows) => c with { VaeTiling = rows },
        Holds = c => c.VaeTiling,
    });
}
