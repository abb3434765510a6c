using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>Numbers for inputs and weights: -1..1, none of them denormal. On a dry device there are none.</summary>
internal static class Inputs
{
    public static Tensor Rent(Device d, Shape shape)
    {
        var y = d.Rent(shape);
        if (!d.IsDry) d.Write(y, Draw(shape.Count));
        return y;
    }

    public static Filter Pack(Device d, FilterShape shape) => d.Pack(shape, d.IsDry ? [] : Draw(shape.Count));

    private static float[] Draw(long count)
    {
        var random = new Random(7);
        var values = new float[count];
        for (int i = 0; i < values.Length; i++) values[i] = (random.NextSingle() * 2) - 1;
        return values;
    }
}
