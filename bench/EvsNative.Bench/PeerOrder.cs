using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>The orders of numbers that peers have.</summary>
internal static class PeerOrder
{
    /// <summary>[N,H,W,C] to [N,C,H,W].</summary>
    public static float[] OfPicture(float[] values, Shape s) => PerImage(values, s.N, (int)s.Pixels, s.C);

    /// <summary>[N,C,H,W] to [N,H,W,C], the shape given as ours.</summary>
    public static float[] ToPicture(float[] values, Shape s) => PerImage(values, s.N, s.C, (int)s.Pixels);

    /// <summary>[a,b,inner] to [b,a,inner].</summary>
    public static float[] Exchange(float[] values, int a, int b, int inner)
    {
        float[] result = new float[values.Length];
        Parallel.For(0, a, i =>
        {
            for (int j = 0; j < b; j++)
                values.AsSpan(((i * b) + j) * inner, inner).CopyTo(result.AsSpan(((j * a) + i) * inner, inner));
        });
        return result;
    }

    // Each image's matrix [rows,columns] transposed. Tasks share rows of the result, which are written from end to end.
    private static float[] PerImage(float[] values, int images, int rows, int columns)
    {
        float[] result = new float[values.Length];
        Parallel.For(0, images * columns, task =>
        {
            int from = (task / columns * rows * columns) + (task % columns);
            var row = result.AsSpan(task * rows, rows);
            for (int i = 0; i < rows; i++) row[i] = values[from + (i * columns)];
        });
        return result;
    }
}
