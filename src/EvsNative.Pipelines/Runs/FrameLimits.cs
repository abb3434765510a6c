using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>How many frames a clip may have, and how large they may be.</summary>
internal static class FrameLimits
{
    /// <summary>Most frames of a clip: half a day of film.</summary>
    public const int MostFrames = 1 << 20;

    /// <summary>Most bytes of a frame's pixels.</summary>
    private const long MostBytes = int.MaxValue;

    /// <summary>Counts a clip's frames.</summary>
    /// <param name="clip">where nothing was read of yet</param>
    public static int Count(IFrameReader clip)
    {
        if (clip.Frames is { } known) return known;
        byte[] frame = new byte[clip.Format.FrameBytes];
        int frames = 0;
        while (clip.TryRead(frame, out _)) frames++;
        return frames;
    }

    /// <summary>Throws before a frame is decoded if what is known of a clip cannot be refined: its count, or one frame of it.</summary>
    /// <param name="clip">where nothing was read of yet</param>
    /// <param name="sizes">of its frames on their way</param>
    public static void CheckKnown(IFrameReader clip, FrameSizes sizes)
    {
        if (clip.Frames is { } count) Check(count, clip.Source);
        CheckBytes(new Shape(clip.Frames ?? 1, sizes.Height, sizes.Width, VideoFormat.Channels));
    }

    /// <summary>Throws if a frame of a clip has too many pixels, or the clip more frames than anybody has.</summary>
    /// <param name="size">[F,H,W,3]</param>
    public static void CheckBytes(Shape size)
    {
        string clip = $"{size.N} frame{(size.N == 1 ? "" : "s")} of {size.W}x{size.H}";
        if ((decimal)size.W * size.H * VideoFormat.Channels > MostBytes)
        {
            throw new InputException(
                InputCode.TooLarge, $"{clip}: one frame is more than 2 GB of pixels: use a smaller clip or a smaller --upscale");
        }

        if (size.N > MostFrames)
            throw new InputException(InputCode.TooLarge, $"{clip}: more than {MostFrames} frames: cut it into shorter clips");
    }

    /// <summary>Throws if a clip has no frames; any other number of them can be refined.</summary>
    /// <param name="frames">frames found</param>
    /// <param name="source">the clip, for the message</param>
    public static void Check(int frames, string source)
    {
        if (frames < 1) throw new InputException(InputCode.OutOfRange, $"{source} has no frames: give a clip of one frame or more");
    }
}
