using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Runs;

/// <summary>How many frames a clip may have, and how large they may be.</summary>
internal static class FrameLimits
{
    /// <summary>What motion modules were trained for, unless they say less.</summary>
    public const int Most = 32;

    /// <summary>Throws if a clip's pixels do not fit into one array.</summary>
    /// <param name="size">[F,H,W,3]</param>
    public static void CheckBytes(Shape size)
    {
        if (size.Count > Array.MaxLength)
            throw new InputException($"{size.N} frames of {size.W}x{size.H} are more than 2 GB of pixels: use a smaller clip, fewer frames or a smaller --upscale");
    }

    /// <summary>Throws if a clip of this many frames cannot be refined.</summary>
    /// <param name="frames">frames found</param>
    /// <param name="most">frames that the motion modules take</param>
    /// <param name="source">the clip, for the message</param>
    public static void Check(int frames, int most, string source)
    {
        string found = frames == 1 ? "one frame" : "no frames";
        if (frames < 2) throw new InputException($"{source} has {found}: nothing moves in it; give a clip of 2 to {Math.Min(most, Most)} frames");
        if (frames > Math.Min(most, Most))
            throw new InputException($"{source} has more than {Math.Min(most, Most)} frames, the most that the motion modules take: cut it into shorter clips");
    }
}
