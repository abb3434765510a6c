namespace EvsNative.Kernels.Definitions;

/// <summary>A tensor on the host: what definitions read and devices are given.</summary>
internal sealed class Values(Shape shape, float[] data)
{
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
