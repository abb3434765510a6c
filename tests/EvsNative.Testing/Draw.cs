using EvsNative.Kernels;

namespace EvsNative.Testing;

/// <summary>Seeded random inputs and poisoned outputs.</summary>
public sealed class Draw(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>What the draws come from, to be printed when a test fails.</summary>
    public int Seed { get; } = seed;

    /// <summary>A whole number in <paramref name="least"/>..<paramref name="most"/>.</summary>
    public int Whole(int least, int most) => (int)_random.NextInt64(least, (long)most + 1);

    /// <summary>One of these.</summary>
    public T Of<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    /// <summary>True once in <paramref name="times"/> draws.</summary>
    public bool Once(int times) => _random.Next(times) == 0;

    /// <summary>A standard normal number.</summary>
    public float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));

    /// <summary>Normal numbers of this deviation around this mean.</summary>
    public float[] Normals(long count, float deviation = 1, float mean = 0)
    {
        float[] values = new float[count];
        for (long i = 0; i < count; i++) values[i] = mean + (deviation * Normal());
        return values;
    }

    /// <summary>A rented tensor of normal numbers.</summary>
    public Tensor Normals(Device d, Shape shape, float deviation = 1, float mean = 0) =>
        d.Upload(Normals(shape.Count, deviation, mean), shape);

    /// <summary>
    /// A rented tensor full of NaN, of the type that the device's networks compute with: what a kernel forgets to write is found.
    /// </summary>
    public static Tensor Poisoned(Device d, Shape shape) => Poisoned(d, shape, d.Precision);

    /// <summary>The same, of a given type.</summary>
    public static Tensor Poisoned(Device d, Shape shape, ElementType type)
    {
        var tensor = d.Rent(shape, type);
        float[] values = new float[shape.Count];
        Array.Fill(values, float.NaN);
        d.Write(tensor, values);
        return tensor;
    }
}
