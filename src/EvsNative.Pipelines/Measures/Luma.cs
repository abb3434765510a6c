using System.Numerics;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Measures;

/// <summary>Y = 0.299 R + 0.587 G + 0.114 B of a clip in single precision, [F,H,W], and the measures that need nothing more.</summary>
internal sealed class Luma
{
    private readonly float[][] _frames;

    public Luma(Clip clip, CancellationToken cancellation)
    {
        (Height, Width) = (clip.Height, clip.Width);
        _frames = new float[clip.Frames][];
        Parallel.For(0, clip.Frames, new ParallelOptions { CancellationToken = cancellation }, frame =>
        {
            float[] y = new float[Height * Width];
            ReadOnlySpan<byte> rgb = clip.Frame(frame);
            for (int i = 0, at = 0; i < y.Length; i++, at += Clip.Channels)
                y[i] = 0.299f * rgb[at] + 0.587f * rgb[at + 1] + 0.114f * rgb[at + 2];
            _frames[frame] = y;
        });
    }

    public int Frames => _frames.Length;

    public int Height { get; }

    public int Width { get; }

    public ReadOnlySpan<float> Frame(int index) => _frames[index];

    /// <summary>Mean |Y[t+1] - Y[t]|; null for a single frame.</summary>
    public double? Flicker(CancellationToken cancellation) => Frames < 2
        ? null
        : Mean(Frames - 1, t => Difference(Frame(t), Frame(t + 1)), (double)(Frames - 1) * Height * Width, cancellation);

    /// <summary>Mean gradient length over inner pixels; null where there are none.</summary>
    public double? Sharpness(CancellationToken cancellation) => Height < 3 || Width < 3
        ? null
        : Mean(Frames, t => Gradients(Frame(t)), (double)Frames * (Height - 2) * (Width - 2), cancellation);

    /// <summary>Adds the parts up in their order, so that the result does not depend on who was quicker.</summary>
    internal static double Mean(int parts, Func<int, double> part, double count, CancellationToken cancellation)
    {
        double[] sums = new double[parts];
        Parallel.For(0, parts, new ParallelOptions { CancellationToken = cancellation }, i => sums[i] = part(i));
        return sums.Sum() / count;
    }

    private static double Difference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += Math.Abs(a[i] - b[i]);
        return sum;
    }

    private double Gradients(ReadOnlySpan<float> y)
    {
        double sum = 0;
        for (int row = 1; row < Height - 1; row++)
        {
            ReadOnlySpan<float> above = y.Slice((row - 1) * Width, Width), here = y.Slice(row * Width, Width), below = y.Slice((row + 1) * Width, Width);
            int x = 1;
            for (; x + Vector<float>.Count <= Width - 1; x += Vector<float>.Count)
            {
                var down = (new Vector<float>(below[x..]) - new Vector<float>(above[x..])) * 0.5f;
                var across = (new Vector<float>(here[(x + 1)..]) - new Vector<float>(here[(x - 1)..])) * 0.5f;
                sum += Vector.Sum(Vector.SquareRoot(down * down + across * across));
            }

            for (; x < Width - 1; x++)
            {
                float down = (below[x] - above[x]) * 0.5f, across = (here[x + 1] - here[x - 1]) * 0.5f;
                sum += MathF.Sqrt(down * down + across * across);
            }
        }

        return sum;
    }
}
