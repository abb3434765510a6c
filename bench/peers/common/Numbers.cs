using EvsNative.Layers;

namespace EvsNative.Peers;

/// <summary>The numbers of inputs and weights, which every program of the bench makes for itself from their names.</summary>
/// <param name="isNetwork">those of whole networks: inputs of unit variance, weights by diffusers' names; else all are -1..1</param>
internal sealed class Numbers(bool isNetwork)
{
    private readonly FormulaWeights _weights = new();

    /// <summary>Numbers of an input.</summary>
    public float[] Input(string name, IReadOnlyList<long> shape) =>
        isNetwork ? FormulaWeights.Input(name, Count(shape)) : FormulaWeights.Input(name, Count(shape), scale: 1);

    /// <summary>Writes the numbers of a weight where they are wanted: networks have gigabytes of them.</summary>
    public void Weight(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        if (isNetwork) _weights.Read(name, shape, values);
        else Input(name, shape).CopyTo(values);
    }

    private static long Count(IReadOnlyList<long> shape) => shape.Aggregate(1L, (product, length) => product * length);
}
