using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Scores;

/// <summary>What a picture shows, as a vector.</summary>
/// <param name="shape">[1,h,w,3] of the picture</param>
/// <param name="picture">normalised</param>
internal delegate float[] PictureFeature(Shape shape, ReadOnlySpan<float> picture);

/// <summary>
/// VBench's subject consistency: the cosines of each frame's DINO feature to those of the frame before and of the first frame.
/// </summary>
internal static class SubjectConsistency
{
    private const int LeastFrames = 2;

    /// <summary>Below this a feature's length counts as this, as torch's normalize has it.</summary>
    private const double LeastLength = 1e-12;

    /// <summary>Scores a clip.</summary>
    /// <param name="clip">its frames</param>
    /// <param name="feature">the network</param>
    /// <param name="onShare">told how much is done, 0 to 1</param>
    /// <exception cref="InputException">it has too few frames</exception>
    public static SubjectScore Of(ScoredClip clip, PictureFeature feature, Action<double>? onShare = null)
    {
        if (clip.Count < LeastFrames)
        {
            throw new InputException(
                InputCode.OutOfRange,
                $"subject consistency needs at least {LeastFrames} frames, and {clip.Name} has {clip.Count}: give a longer clip");
        }

        var view = new DinoView(clip.Format.Width, clip.Format.Height);
        float[] picture = new float[view.Shape.Count];
        double[] start = [], before = [];
        var terms = new List<double>();
        clip.Walk((frame, rgb) =>
        {
            view.Apply(rgb, picture);
            double[] here = Normalised(feature(view.Shape, picture));
            if (frame == 0) start = here;
            else terms.Add((Cosine(before, here) + Cosine(start, here)) / 2);
            before = here;
            onShare?.Invoke((frame + 1.0) / clip.Count);
        });
        return new SubjectScore(terms.Average(), terms);
    }

    private static double[] Normalised(float[] feature)
    {
        double length = Math.Max(Math.Sqrt(feature.Sum(v => (double)v * v)), LeastLength);
        return Array.ConvertAll(feature, v => v / length);
    }

    private static double Cosine(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return Math.Max(0, sum);
    }
}
