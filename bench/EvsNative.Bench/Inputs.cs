using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>
/// Numbers for inputs and weights: -1..1, none of them denormal. On a dry device there are none. Vectors are float32, all else has the
/// device's precision.
/// </summary>
internal static class Inputs
{
    public static Tensor Rent(Device d, Shape shape)
    {
        var y = Empty(d, shape);
        if (!d.IsDry) d.Write(y, Draw(shape.Count));
        return y;
    }

    /// <summary>The same in float32 on every device: latents.</summary>
    public static Tensor Latents(Device d, Shape shape)
    {
        var y = d.Rent(shape);
        if (!d.IsDry) d.Write(y, Draw(shape.Count));
        return y;
    }

    /// <summary>Memory for a result.</summary>
    public static Tensor Empty(Device d, Shape shape) => d.Rent(shape, shape == Shape.Vector(shape.C) ? ElementType.Float32 : d.Precision);

    public static Filter Pack(Device d, FilterShape shape) => d.Pack(
        shape, d.IsDry ? [] : Draw(shape.Count), d.Precision == ElementType.Float16 ? WeightStorage.Float16 : WeightStorage.Float32);

    private static float[] Draw(long count)
    {
        var random = new Random(7);
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++) values[i] = (random.NextSingle() * 2) - 1;
        return values;
    }
}
