using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>How many frames a clip may have, and how large they may be.</summary>
internal static class FrameLimits
{
    /// <summary>Most bytes of a frame's pixels.</summary>
    private const long MostBytes = int.MaxValue;

    /// <summary>Most frames of a clip: half a day of film.</summary>
    private const int MostFrames = 1 << 20;

    /// <summary>Most frames of a clip. The image model alone sees frame by frame and takes any number.</summary>
    /// <param name="moves">whether motion modules see it</param>
    /// <param name="taken">frames that they take</param>
    public static int Most(bool moves, int taken) => moves ? taken : int.MaxValue - 1;

    /// <summary>Counts a clip's frames, no further than is needed to refuse it.</summary>
    /// <param name="clip">where nothing was read of yet</param>
    /// <param name="most">frames of the longest clip that is not refused</param>
    public static int Count(IFrameReader clip, int most)
    {
        if (clip.Frames is { } known) return known;
        byte[] frame = new byte[clip.Format.FrameBytes];
        int frames = 0;
        while (frames <= most && clip.TryRead(frame, out _)) frames++;
        return frames;
    }

    /// <summary>Throws before a frame is decoded if what is known of a clip is too much already: its count, or one frame of it.</summary>
    /// <param name="clip">where nothing was read of yet</param>
    /// <param name="sizes">of its frames on their way</param>
    /// <param name="moves">whether motion modules see it</param>
    /// <param name="taken">frames that they take</param>
    public static void CheckKnown(IFrameReader clip, FrameSizes sizes, bool moves, int taken)
    {
        if (clip.Frames is { } count) Check(count, moves, taken, clip.Source);
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

    /// <summary>Throws if a clip of this many frames cannot be refined.</summary>
    /// <param name="frames">frames found</param>
    /// <param name="moves">whether motion modules see it: without them one frame is enough</param>
    /// <param name="most">frames that the motion modules take</param>
    /// <param name="source">the clip, for the message</param>
    public static void Check(int frames, bool moves, int most, string source)
    {
        most = Most(moves, most);
        if (frames < 1 && !moves)
            throw new InputException(InputCode.OutOfRange, $"{source} has no frames: give a clip of one frame or more");
        if (frames < 2 && moves)
        {
            string found = frames == 1 ? "one frame" : "no frames";
            throw new InputException(
                InputCode.OutOfRange, $"{source} has {found}: nothing moves in it; give a clip of 2 to {most} frames, or --mode t2i");
        }

        if (frames > most)
        {
            throw new InputException(
                InputCode.TooLarge,
                $"{source} has more than {most} frames, the most that the motion modules take: cut it into shorter clips");
        }
    }
}
