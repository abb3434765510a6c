namespace EvsNative.Kernels.Definitions;

/// <summary>
/// What self-tests give to operations: numbers between -1 and 1, the same for the same seed. In one of the inputs numbers may be planted
/// that are not finite: a NaN in the first third, which is an image of three, and an infinity of either sign in the last.
/// </summary>
/// <param name="planted">in which input, in the order in which they are asked for, from 0; in none if absent</param>
internal sealed class SelfTestInputs(int? planted = null)
{
    /// <summary>SelfTestInputs that were asked for.</summary>
    public int Count { get; private set; }

    /// <summary>A tensor of numbers.</summary>
    public Values Some(Shape shape, int seed) => new(shape, Numbers(shape.Count, seed));

    /// <summary>A tensor of these numbers.</summary>
    public Values These(Shape shape, float[] values)
    {
        Plant(values);
        return new Values(shape, values);
    }

    /// <summary>Numbers.</summary>
    public float[] Numbers(long count, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++) values[i] = (random.NextSingle() * 2) - 1;
        Plant(values);
        return values;
    }

    /// <summary>Weights that a storage holds as they are.</summary>
    public float[] Weights(FilterShape filter, int seed, WeightStorage storage)
    {
        float[] weights = Numbers(filter.Count, seed);
        return storage == WeightStorage.Float32 ? weights : [.. weights.Select(weight => MathF.Round(weight * 64) / 64)];
    }

    private void Plant(float[] values)
    {
        if (Count++ != planted) return;
        values[values.Length * 3 / 4] = float.PositiveInfinity;
        values[values.Length * 11 / 12] = float.NegativeInfinity;
        values[values.Length / 6] = float.NaN;
    }
}
