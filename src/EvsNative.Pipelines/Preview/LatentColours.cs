using EvsNative.Kernels;

namespace EvsNative.Pipelines.Preview;

/// <summary>
/// Colours of latents without decoding them: red, green and blue of a latent pixel as a linear function of its channels, found by least
/// squares from a frame and its latents. Autoencoders of latent diffusion keep the picture's layout, so that is enough to see what is
/// there, at an eighth of the size.
/// </summary>
public sealed class LatentColours
{
    private const int Colours = 3;

    private readonly int _channels;
    private readonly double[,] _weights;

    private LatentColours(int channels, double[,] weights) => (_channels, _weights) = (channels, weights);

    /// <summary>Finds the function.</summary>
    /// <param name="latents">[h,w,C] of a frame</param>
    /// <param name="shape">[1,h,w,C]</param>
    /// <param name="rgb">[factor h, factor w, 3], the frame</param>
    /// <param name="factor">pixels of an edge that are one latent pixel</param>
    public static LatentColours Fit(ReadOnlySpan<float> latents, Shape shape, ReadOnlySpan<byte> rgb, int factor)
    {
        int terms = shape.C + 1;
        double[,] squares = new double[terms, terms], products = new double[terms, Colours];
        Span<double> x = stackalloc double[terms], y = stackalloc double[Colours];
        for (int row = 0; row < shape.H; row++)
        {
            for (int column = 0; column < shape.W; column++)
            {
                Channels(latents.Slice(((row * shape.W) + column) * shape.C, shape.C), x);
                Mean(rgb, row, column, factor, shape.W * factor, y);
                for (int i = 0; i < terms; i++)
                {
                    for (int j = 0; j < terms; j++) squares[i, j] += x[i] * x[j];
                    for (int c = 0; c < Colours; c++) products[i, c] += x[i] * y[c];
                }
            }
        }

        // A flat frame tells nothing of most channels: they get no weight rather than an endless one.
        for (int i = 0; i < shape.C; i++) squares[i, i] += 1e-3 * shape.H * shape.W;
        return new LatentColours(shape.C, Solve(squares, products));
    }

    /// <summary>The picture of latents.</summary>
    /// <param name="latents">[N,h,w,C]</param>
    /// <returns>[N,h,w,3]</returns>
    public byte[] Show(ReadOnlySpan<float> latents)
    {
        int pixels = latents.Length / _channels;
        byte[] rgb = new byte[pixels * Colours];
        Span<double> x = stackalloc double[_channels + 1];
        for (int pixel = 0; pixel < pixels; pixel++)
        {
            Channels(latents.Slice(pixel * _channels, _channels), x);
            for (int c = 0; c < Colours; c++)
            {
                double sum = 0;
                for (int i = 0; i < x.Length; i++) sum += x[i] * _weights[i, c];
                rgb[(pixel * Colours) + c] = (byte)Math.Clamp(Math.Round(sum), 0, 255);
            }
        }

        return rgb;
    }

    private static void Channels(ReadOnlySpan<float> latent, Span<double> x)
    {
        for (int i = 0; i < latent.Length; i++) x[i] = latent[i];
        x[latent.Length] = 1;
    }

    private static void Mean(ReadOnlySpan<byte> rgb, int row, int column, int factor, int width, Span<double> y)
    {
        y.Clear();
        for (int i = 0; i < factor; i++)
        {
            var line = rgb.Slice(((((row * factor) + i) * width) + (column * factor)) * Colours, factor * Colours);
            for (int j = 0; j < line.Length; j++) y[j % Colours] += line[j];
        }

        for (int c = 0; c < Colours; c++) y[c] /= factor * factor;
    }

    /// <summary>Gauss's elimination with pivots; the matrix is small and positive definite.</summary>
    private static double[,] Solve(double[,] a, double[,] b)
    {
        int n = a.GetLength(0), m = b.GetLength(1);
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < n; i++) if (Math.Abs(a[i, k]) > Math.Abs(a[pivot, k])) pivot = i;
            for (int j = 0; j < n; j++) (a[k, j], a[pivot, j]) = (a[pivot, j], a[k, j]);
            for (int j = 0; j < m; j++) (b[k, j], b[pivot, j]) = (b[pivot, j], b[k, j]);
            for (int i = 0; i < n; i++)
            {
                if (i == k) continue;
                double share = a[i, k] / a[k, k];
                for (int j = k; j < n; j++) a[i, j] -= share * a[k, j];
                for (int j = 0; j < m; j++) b[i, j] -= share * b[k, j];
            }
        }

        for (int i = 0; i < n; i++)
            for (int j = 0; j < m; j++) b[i, j] /= a[i, i];
        return b;
    }
}
