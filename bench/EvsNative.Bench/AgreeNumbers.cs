using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>
/// Numbers of a tensor by formula: multiples of a power of two that every type holds, so that each device multiplies the same ones and a
/// definition needs no array.
/// </summary>
/// <param name="Seed">which tensor</param>
/// <param name="Scale">a power of two: the largest is a little less</param>
internal readonly record struct AgreeNumbers(int Seed, double Scale = 1)
{
    private const int Steps = 127;

    /// <summary>The number at a place.</summary>
    public double this[long at]
    {
        get
        {
            ulong x = ((ulong)at * 0x9e3779b97f4a7c15) + ((ulong)Seed * 0xd1342543de82ef95);
            x = (x ^ (x >> 32)) * 0xbf58476d1ce4e5b9;
            return Scale * ((int)((x >> 40) % ((2 * Steps) + 1)) - Steps) / (Steps + 1);
        }
    }

    /// <summary>The numbers of a filter that sums so many: results are about as large as inputs.</summary>
    public static AgreeNumbers Weights(int seed, int depth) => new(seed, Math.Pow(2, -Math.Round(Math.Log2(depth) / 2)));

    /// <summary>On a device, in a type.</summary>
    public Tensor On(Device d, Shape shape, ElementType type) => d.IsDry ? d.Rent(shape, type) : d.Upload(All(shape.Count), shape, type);

    /// <summary>Packed as weights, as networks keep them on the device.</summary>
    public Filter Pack(Device d, FilterShape shape) => d.Pack(
        shape, d.IsDry ? [] : All(shape.Count), d.Precision == ElementType.Float16 ? WeightStorage.Float16 : WeightStorage.Float32);

    private float[] All(long count)
    {
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++) values[i] = (float)this[i];
        return values;
    }
}
