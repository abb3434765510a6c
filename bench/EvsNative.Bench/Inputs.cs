using System.Runtime.CompilerServices;
using EvsNative.Kernels;
using EvsNative.Layers;

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

    /// <summary>By formula, so that a peer has them too: -1..1 by name, in our order, which is PyTorch's for tokens and vectors.</summary>
    public static Tensor ByName(Device d, string name, Shape shape) => Written(d, shape, () => Formula(name, shape.Count));

    /// <summary>A picture by formula, whose numbers go through [N,C,H,W] as PyTorch's do.</summary>
    public static Tensor Picture(Device d, string name, Shape shape) =>
        Written(d, shape, () => PeerOrder.ToPicture(Formula(name, shape.Count), shape));

    /// <summary>Frames by formula, whose numbers go through the peer's sequences, [HW,F,C].</summary>
    public static Tensor Sequences(Device d, string name, Shape shape) => Written(
        d, shape, () => PeerOrder.Exchange(Formula(name, shape.Count), (int)shape.Pixels, shape.N, shape.C));

    /// <summary>Weights of single channels by formula, float32: [C,kd,kh,kw] to a peer, [kd,kh,kw,C] to us.</summary>
    public static Tensor ChannelsLast(Device d, string name, Shape shape)
    {
        var y = d.Rent(shape);
        int channels = shape.C;
        if (!d.IsDry) d.Write(y, PeerOrder.Exchange(Formula(name, shape.Count), channels, (int)(shape.Count / channels), 1));
        return y;
    }

    /// <summary>What a network is given, by formula and of unit variance, float32: pictures, [N,C,H,W] to PyTorch, or tokens.</summary>
    public static Tensor OfNetwork(Device d, string name, Shape shape, bool isPicture = true)
    {
        var y = d.Rent(shape);
        if (d.IsDry) return y;
        float[] numbers = FormulaWeights.Input(name, shape.Count);
        d.Write(y, isPicture ? PeerOrder.ToPicture(numbers, shape) : numbers);
        return y;
    }

    /// <summary>By formula and in float32 on every device, what is no activation: tables, flows.</summary>
    public static Tensor Float32(Device d, string name, Shape shape, bool isPicture = false)
    {
        var y = d.Rent(shape);
        if (d.IsDry) return y;
        float[] numbers = Formula(name, shape.Count);
        d.Write(y, isPicture ? PeerOrder.ToPicture(numbers, shape) : numbers);
        return y;
    }

    /// <summary>Memory for a result.</summary>
    public static Tensor Empty(Device d, Shape shape) => d.Rent(shape, shape == Shape.Vector(shape.C) ? ElementType.Float32 : d.Precision);

    /// <summary>Packs drawn weights; <see cref="FreeFilters"/> gives them back.</summary>
    public static Filter Pack(Device d, FilterShape shape) => Pack(d, shape, () => Draw(shape.Count));

    /// <summary>Packs weights by formula, as <see cref="ByName"/>.</summary>
    public static Filter PackByName(Device d, string name, FilterShape shape) =>
        Pack(d, shape, () => Formula(name, shape.Count));

    /// <summary>Gives back all that <see cref="Pack"/> packed on a device.</summary>
    public static void FreeFilters(Device d)
    {
        if (!Packed.TryGetValue(d, out var filters)) return;
        foreach (var filter in filters) d.Free(filter);
        filters.Clear();
    }

    private static Filter Pack(Device d, FilterShape shape, Func<float[]> numbers)
    {
        var filter = d.Pack(
            shape, d.IsDry ? [] : numbers(), d.Precision == ElementType.Float16 ? WeightStorage.Float16 : WeightStorage.Float32);
        Packed.GetOrCreateValue(d).Add(filter);
        return filter;
    }

    private static Tensor Written(Device d, Shape shape, Func<float[]> numbers)
    {
        var y = Empty(d, shape);
        if (!d.IsDry) d.Write(y, numbers());
        return y;
    }

    private static float[] Formula(string name, long count) => FormulaWeights.Input(name, count, scale: 1);

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
