namespace EvsNative.Kernels.Definitions;

/// <summary>A tensor on the host: what definitions read and devices are given.</summary>
internal sealed class Values(Shape shape, float[] data)
{
    /// <summary>Numbers between -1 and 1, the same for the same seed.</summary>
    public static Values Some(Shape shape, int seed) => new(shape, Numbers(shape.Count, seed));

    /// <inheritdoc cref="Some"/>
    public static float[] Numbers(long count, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++) values[i] = (random.NextSingle() * 2) - 1;
        return values;
    }

    public Shape Shape { get; } = shape;

    public float[] Data { get; } = data;

    public double this[int n, int i, int j, int c] => Data[((((((long)n * Shape.H) + i) * Shape.W) + j) * Shape.C) + c];

    /// <summary>The element of a row, rows counted through all images.</summary>
    public double this[long row, int c] => Data[(row * Shape.C) + c];

    /// <summary>As the device's networks store their activations.</summary>
    public Tensor On(Device d) => d.Upload(Data, Shape, d.Precision);

    /// <summary>As float32 whatever the device: vectors, tables, latents.</summary>
    public Tensor OnFloat32(Device d) => d.Upload(Data, Shape);
}
