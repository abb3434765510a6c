using System.Runtime.CompilerServices;
using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>
/// Numbers for inputs and weights: -1..1, none of them denormal. On a dry device there are none. Vectors are float32, all else has the
/// device's precision.
/// </summary>
internal static class Inputs
{
    private static readonly float[] Drawn = DrawOnce();
    private static readonly ConditionalWeakTable<Device, List<Filter>> Packed = [];
    private static int _next;

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

    /// <summary>Packs drawn weights; <see cref="FreeFilters"/> gives them back.</summary>
    public static Filter Pack(Device d, FilterShape shape)
    {
        var filter = d.Pack(
            shape, d.IsDry ? [] : Draw(shape.Count), d.Precision == ElementType.Float16 ? WeightStorage.Float16 : WeightStorage.Float32);
        Packed.GetOrCreateValue(d).Add(filter);
        return filter;
    }

    /// <summary>Gives back all that <see cref="Pack"/> packed on a device.</summary>
    public static void FreeFilters(Device d)
    {
        if (!Packed.TryGetValue(d, out var filters)) return;
        foreach (var filter in filters) d.Free(filter);
        filters.Clear();
    }

    /// <summary>Numbers drawn once, from another place each time: drawing anew would take longer than what is measured.</summary>
    private static float[] Draw(long count)
    {
        float[] values = new float[count];
        int from = Interlocked.Add(ref _next, 7919) & (Drawn.Length - 1);
        for (long at = 0; at < count;)
        {
            int part = (int)Math.Min(count - at, Drawn.Length - from);
            Array.Copy(Drawn, from, values, at, part);
            (at, from) = (at + part, 0);
        }

        return values;
    }

    private static float[] DrawOnce()
    {
        var random = new Random(7);
        float[] values = new float[1 << 22];
        for (int i = 0; i < values.Length; i++) values[i] = (random.NextSingle() * 2) - 1;
        return values;
    }
}
