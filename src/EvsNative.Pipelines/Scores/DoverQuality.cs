using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Scores;

/// <summary>What a branch of DOVER says of a clip of 32 frames: the mean of its head's output.</summary>
/// <param name="shape">[32,224,224,3]</param>
/// <param name="clip">normalised</param>
internal delegate double ClipQuality(Shape shape, ReadOnlySpan<float> clip);

/// <summary>DOVER: a technical branch that sees fragments, and an aesthetic one that sees whole frames, small.</summary>
/// <param name="technical">the technical branch</param>
/// <param name="aesthetic">the aesthetic branch</param>
internal sealed class DoverQuality(ClipQuality technical, ClipQuality aesthetic)
{
    private const double TechnicalMean = 0.1107, TechnicalDeviation = 0.07355, TechnicalWeight = 0.6104;
    private const double AestheticMean = -0.08285, AestheticDeviation = 0.03774, AestheticWeight = 0.3896;

    private static readonly Shape Clip = new(DoverFrames.Length, Fragments.Side, Fragments.Side, VideoFormat.Channels);
    private static readonly float[] Mean = [123.675f, 116.28f, 103.53f], Deviation = [58.395f, 57.12f, 57.375f];

    /// <summary>Seed of the first sample's fragments; the next one has the next seed.</summary>
    public uint Seed { get; init; }

    /// <summary>How often fragments are drawn.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Whether the aesthetic view is antialiased.</summary>
    public bool IsAntialiased { get; init; }

    /// <summary>The technical view of a clip, [3 * 32,224,224,3].</summary>
    /// <param name="clip">its frames</param>
    /// <param name="seed">of the fragments</param>
    /// <exception cref="InputException">frames are too small</exception>
    public static byte[] TechnicalView(ScoredClip clip, uint seed)
    {
        int[] wanted = DoverFrames.Technical(clip.Count);
        var fragments = new Fragments(clip.Format.Width, clip.Format.Height, DoverFrames.Clips, seed);
        byte[] view = new byte[wanted.Length * Fragments.Bytes];
        clip.Walk(
            (frame, rgb) =>
            {
                fragments.Take(rgb);
                for (int i = 0; i < wanted.Length; i++)
                {
                    if (wanted[i] != frame) continue;
                    fragments.Cut(i / DoverFrames.Length, view.AsSpan(i * Fragments.Bytes, Fragments.Bytes));
                }
            },
            wanted.Max() + 1);
        return view;
    }

    /// <summary>The aesthetic view of a clip, [32,224,224,3].</summary>
    /// <param name="clip">its frames</param>
    /// <param name="isAntialiased">see <see cref="DoverAestheticView"/></param>
    public static byte[] AestheticView(ScoredClip clip, bool isAntialiased)
    {
        int[] wanted = DoverFrames.Aesthetic(clip.Count);
        var small = new DoverAestheticView(clip.Format.Width, clip.Format.Height, isAntialiased);
        byte[] view = new byte[wanted.Length * Fragments.Bytes], one = new byte[Fragments.Bytes];
        clip.Walk(
            (frame, rgb) =>
            {
                if (!wanted.Contains(frame)) return;
                small.Apply(rgb, one);
                for (int i = 0; i < wanted.Length; i++)
                {
                    if (wanted[i] == frame) one.CopyTo(view, i * Fragments.Bytes);
                }
            },
            wanted.Max() + 1);
        return view;
    }

    /// <summary>Levels as the networks take them.</summary>
    public static float[] Normalised(ReadOnlySpan<byte> view)
    {
        float[] values = new float[view.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int c = i % VideoFormat.Channels;
            values[i] = (view[i] - Mean[c]) / Deviation[c];
        }

        return values;
    }

    /// <summary>Scores from the branches' means.</summary>
    /// <param name="technical">of the technical head's output</param>
    /// <param name="aesthetic">of the aesthetic head's output</param>
    /// <returns>each 0 to 100</returns>
    public static (double Technical, double Aesthetic, double Both) Fused(double technical, double aesthetic)
    {
        double t = (technical - TechnicalMean) / TechnicalDeviation, a = (aesthetic - AestheticMean) / AestheticDeviation;
        return (Logistic(t), Logistic(a), Logistic((TechnicalWeight * t) + (AestheticWeight * a)));
    }

    /// <summary>Scores a clip.</summary>
    /// <param name="clip">its frames</param>
    /// <param name="onShare">told how much is done, 0 to 1</param>
    /// <exception cref="InputException">frames are too small</exception>
    public DoverScore Of(ScoredClip clip, Action<double>? onShare = null)
    {
        int done = 0, all = (Samples * DoverFrames.Clips) + 1;
        double[] raw = [.. Enumerable.Range(0, Samples).Select(i => Technical(clip, unchecked(Seed + (uint)i), Tell))];
        double taste = aesthetic(Clip, Normalised(AestheticView(clip, IsAntialiased)));
        Tell();
        var fused = Array.ConvertAll(raw, mean => Fused(mean, taste));
        double[] samples = [.. fused.Select(score => score.Both)];
        return new DoverScore(
            samples.Average(), fused.Average(score => score.Technical), fused[0].Aesthetic, samples, (raw.Average(), taste));

        void Tell() => onShare?.Invoke(++done / (double)all);
    }

    private double Technical(ScoredClip clip, uint seed, Action tell)
    {
        float[] view = Normalised(TechnicalView(clip, seed));
        double sum = 0;
        for (int i = 0; i < DoverFrames.Clips; i++)
        {
            sum += technical(Clip, view.AsSpan(i * (int)Clip.Count, (int)Clip.Count));
            tell();
        }

        return sum / DoverFrames.Clips;
    }

    private static double Logistic(double z) => 100 / (1 + Math.Exp(-z));
}
