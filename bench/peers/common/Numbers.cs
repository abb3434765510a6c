using EvsNative.Layers;

namespace EvsNative.Peers;

/// <summary>The numbers of inputs and weights, which every program of the bench makes for itself from their names.</summary>
internal static class Numbers
{
    /// <summary>Inputs and weights of single operations, -1..1.</summary>
    public static float[] Operation(string name, IReadOnlyList<long> shape) => FormulaWeights.Input(name, Count(shape), scale: 1);

    /// <summary>Inputs of networks, of unit variance.</summary>
    public static float[] NetworkInput(string name, IReadOnlyList<long> shape) => FormulaWeights.Input(name, Count(shape));

    /// <summary>Weights of networks by diffusers' names.</summary>
    public static float[] NetworkWeight(string name, IReadOnlyList<long> shape)
    {
        float[] values = new float[Count(shape)];
        new FormulaWeights().Read(name, shape, values);
        return values;
    }

    private static long Count(IReadOnlyList<long> shape) => shape.Aggregate(1L, (product, length) => product * length);
}
