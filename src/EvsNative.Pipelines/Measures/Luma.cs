using System.Buffers;
using System.Numerics;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Measures;

/// <summary>Y = 0.299 R + 0.587 G + 0.114 B of one frame in single precision, [H,W], and the measures that need nothing more.</summary>
internal sealed class Luma(VideoFormat format) : IDisposable
{
    private readonly float[] _rented = ArrayPool<float>.Shared.Rent(format.Height * format.Width);

    public int Height => format.Height;

    public int Width => format.Width;

    public ReadOnlySpan<float> Values => _rented.AsSpan(0, Height * Width);

    /// <summary>Pixels that have neighbours on all sides.</summary>
    public static double InnerPixels(VideoFormat format) => Math.Max(0.0, format.Height - 2) * Math.Max(0, format.Width - 2);

    /// <summary>Takes a frame [H,W,3].</summary>
    public void Read(ReadOnlySpan<byte> rgb)
    {
        for (int i = 0, at = 0; i < Height * Width; i++, at += VideoFormat.Channels)
            _rented[i] = 0.299f * rgb[at] + 0.587f * rgb[at + 1] + 0.114f * rgb[at + 2];
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<float>.Shared.Return(_rented);

    /// <summary>Sum of |other - this|.</summary>
    public double Difference(Luma other)
    {
        ReadOnlySpan<float> a = Values, b = other.Values;
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += Math.Abs(a[i] - b[i]);
        return sum;
    }

    /// <summary>Sum of the gradient's length over inner pixels.</summary>
    public double Gradients()
    {
        var y = Values;
        double sum = 0;
        for (int row = 1; row < Height - 1; row++)
        {
            var above = y.Slice((row - 1) * Width, Width);
            var here = y.Slice(row * Width, Width);
            var below = y.Slice((row + 1) * Width, Width);
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
