using EvsNative.Kernels.Definitions;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Measures;

/// <summary>
/// The numbers that say whether a clip got better, by the definitions of weights/demo/measure.py, in 8-bit grey levels or dB.
/// A number that the clip is too short or too small for is null.
/// </summary>
/// <param name="Flicker">mean |Y[t+1] - Y[t]| over all pixels and neighbouring frames</param>
/// <param name="Residual">the same after motion compensation of 8x8 blocks: what is left of the flicker when movement is followed</param>
/// <param name="Sharpness">mean length of the luma gradient by central differences</param>
/// <param name="Psnr">against a reference clip, over all frames and channels, in dB; null without one, infinite when equal</param>
public sealed record ClipMeasures(double? Flicker, double? Residual, double? Sharpness, double? Psnr = null)
{
    /// <summary>Measures a clip.</summary>
    /// <param name="clip">[F,H,W,3]</param>
    /// <param name="reference">what it should look like, of the same size and frame count; null when that is not known</param>
    /// <param name="cancellation">stops measuring</param>
    /// <exception cref="ArgumentException">the reference has another size</exception>
    public static ClipMeasures Of(Clip clip, Clip? reference = null, CancellationToken cancellation = default)
    {
        var luma = new Luma(clip, cancellation);
        return new ClipMeasures(
            luma.Flicker(cancellation),
            MotionResidual.Of(luma, cancellation),
            luma.Sharpness(cancellation),
            reference is null ? null : PsnrOf(clip, reference));
    }

    /// <summary>Peak signal to noise ratio in dB over all frames and channels; infinite for equal clips.</summary>
    /// <exception cref="ArgumentException">the clips differ in size or frame count</exception>
    public static double PsnrOf(Clip clip, Clip reference)
    {
        if ((clip.Frames, clip.Height, clip.Width) != (reference.Frames, reference.Height, reference.Width))
            throw new ArgumentException($"The clips to compare differ: {clip} and {reference}.", nameof(reference));
        long[] squares = new long[clip.Frames];
        Parallel.For(0, clip.Frames, frame =>
        {
            ReadOnlySpan<byte> a = clip.Frame(frame), b = reference.Frame(frame);
            long sum = 0;
            for (int i = 0; i < a.Length; i++)
            {
                int difference = a[i] - b[i];
                sum += difference * difference;
            }

            squares[frame] = sum;
        });
        double error = (double)squares.Sum() / clip.Pixels.LongLength;
        return 10 * Math.Log10(255.0 * 255.0 / error);
    }
}
