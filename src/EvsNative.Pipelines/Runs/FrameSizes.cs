using EvsNative.Kernels;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>The sizes that a frame has on its way through a run: given, seen by the networks, padded for them, and asked for.</summary>
internal sealed class FrameSizes
{
    /// <summary>Frames are padded to multiples of this and cropped back: the autoencoder's reduction.</summary>
    private const int Multiple = 8;

    /// <summary>Those of a clip.</summary>
    /// <param name="width">of the clip, pixels</param>
    /// <param name="height">of the clip, pixels</param>
    /// <param name="upscale">height and width of the result over those of the clip</param>
    /// <param name="upscaleIn">where the picture is enlarged</param>
    public FrameSizes(int width, int height, double upscale, UpscaleIn upscaleIn)
    {
        (Width, Height) = (Scaled(width, upscale), Scaled(height, upscale));
        (SeenWidth, SeenHeight) = upscaleIn == UpscaleIn.Pixels ? (Width, Height) : (width, height);
        (PaddedWidth, PaddedHeight) = (FramePadding.RoundUp(SeenWidth, Multiple), FramePadding.RoundUp(SeenHeight, Multiple));
    }

    /// <summary>Of the result.</summary>
    public int Width { get; }

    /// <summary>Of the result.</summary>
    public int Height { get; }

    /// <summary>Of the frames that the networks are given, before padding.</summary>
    public int SeenWidth { get; }

    /// <summary>Of the frames that the networks are given, before padding.</summary>
    public int SeenHeight { get; }

    /// <summary>The same with the padding.</summary>
    public int PaddedWidth { get; }

    /// <summary>The same with the padding.</summary>
    public int PaddedHeight { get; }

    /// <summary>[F,H,W,3] of a clip as the networks see it.</summary>
    public Shape Networks(int frames) => new(frames, PaddedHeight, PaddedWidth, VideoFormat.Channels);

    /// <summary>
    /// The part of a refined frame that the padding has not become. Latents come in whole numbers, so a factor such as 1.5 is met by them
    /// only nearly: this part has still to be brought to the size that was asked for.
    /// </summary>
    /// <param name="refined">what the networks give</param>
    public (int Width, int Height) PartOf(Shape refined) =>
        (Scaled(SeenWidth, (double)refined.W / PaddedWidth), Scaled(SeenHeight, (double)refined.H / PaddedHeight));

    private static int Scaled(int size, double scale) => Math.Max(1, (int)Math.Round(size * scale));
}
