using EvsNative.Kernels;

namespace EvsNative.Models.Evs;

/// <summary>Some adjacent frames that the network sees in one pass, and the part that its prediction has in each of them.</summary>
/// <param name="First">the first frame, counted from 0</param>
/// <param name="Weights">for each of its frames; over all windows of a step the weights of a frame sum to 1</param>
/// <param name="Shared">how many of its first frames belong to an earlier window of the step too</param>
public sealed record FrameWindow(int First, IReadOnlyList<float> Weights, int Shared = 0)
{
    /// <summary>How many frames.</summary>
    public int Count => Weights.Count;

    /// <summary>The frame behind its last one.</summary>
    public int End => First + Count;

    /// <summary>All frames of a clip in one pass.</summary>
    public static IReadOnlyList<FrameWindow> Whole(int frames) => [Plain(0, frames)];

    /// <summary>Groups that share no frame; the last may be shorter.</summary>
    /// <param name="frames">of the clip</param>
    /// <param name="size">of a group, 1 or more</param>
    public static IReadOnlyList<FrameWindow> Groups(int frames, int size) =>
        [.. Enumerable.Range(0, (frames + size - 1) / size).Select(i => Plain(i * size, Math.Min(size, frames - (i * size))))];

    /// <summary>
    /// Blends what was computed for this window into the whole clip. The windows of a step are blended in their order: a sum of float32
    /// depends on it. A frame of one window alone is copied.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="y">[F,h,w,C]; frames that no earlier window has are set, the others added to</param>
    /// <param name="part">[Count,h,w,C]</param>
    internal void Blend(Device d, Tensor y, Tensor part)
    {
        for (int from = 0, to; from < Count; from = to)
        {
            bool isShared = from < Shared;
            float weight = Weights[from];
            for (to = from + 1; to < Count && Weights[to] == weight && to < Shared == isShared; to++) { }

            Tensor whole = y.Images(First + from, to - from), own = part.Images(from, to - from);
            if (isShared) d.Kernels.Combine(whole, 1, whole, weight, own);
            else if (weight == 1) d.Kernels.Copy(whole, own);
            else d.Kernels.Combine(whole, weight, own);
        }
    }

    private static FrameWindow Plain(int first, int count)
    {
        float[] weights = new float[count];
        Array.Fill(weights, 1);
        return new FrameWindow(first, weights);
    }
}
