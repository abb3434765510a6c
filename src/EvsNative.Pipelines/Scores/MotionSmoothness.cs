using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Scores;

/// <summary>Makes the frame between two.</summary>
/// <param name="shape">[1,h,w,3] of each</param>
/// <param name="first">in 0..1</param>
/// <param name="second">in 0..1</param>
/// <param name="middle">the result, in 0..1</param>
internal delegate void FrameBetween(Shape shape, ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> middle);

/// <summary>
/// VBench's motion smoothness: the frame between each two even frames is made by AMT-S and compared with the odd one that is there. A last
/// frame of an odd number is not used.
/// </summary>
internal static class MotionSmoothness
{
    private const int LeastFrames = 3, LeastSide = 113;

    /// <summary>Scores a clip.</summary>
    /// <param name="clip">its frames</param>
    /// <param name="between">the network</param>
    /// <param name="onShare">told how much is done, 0 to 1</param>
    /// <exception cref="InputException">it has too few frames, or they are too small for the network</exception>
    public static MotionScore Of(ScoredClip clip, FrameBetween between, Action<double>? onShare = null)
    {
        var format = clip.Format;
        if (clip.Count < LeastFrames)
        {
            throw new InputException(
                InputCode.OutOfRange,
                $"motion smoothness needs at least {LeastFrames} frames, and {clip.Name} has {clip.Count}: give a longer clip");
        }

        if (Math.Min(format.Width, format.Height) < LeastSide)
        {
            throw new InputException(
                InputCode.OutOfRange,
                $"motion smoothness needs at least {LeastSide} x {LeastSide} pixels, and {clip.Name} has "
                + $"{format.Width} x {format.Height}: give a larger clip");
        }

        var view = new MotionView(format.Width, format.Height);
        float[] first = new float[view.Shape.Count], second = new float[view.Shape.Count], middle = new float[view.Shape.Count];
        byte[] odd = new byte[format.FrameBytes];
        // Pairs of even frames: 0 and 2, 2 and 4 and so on.
        int end = ((clip.Count - 1) / 2 * 2) + 1;
        var pairs = new List<double>();
        clip.Walk(
            (frame, rgb) =>
            {
                if (frame % 2 == 1)
                {
                    rgb.CopyTo(odd);
                    return;
                }

                (first, second) = (second, first);
                view.Apply(rgb, second);
                if (frame == 0) return;
                between(view.Shape, first, second, middle);
                pairs.Add(view.Difference(middle, odd));
                onShare?.Invoke((frame + 1.0) / end);
            },
            end);
        return new MotionScore((byte.MaxValue - pairs.Average()) / byte.MaxValue, pairs);
    }
}
