using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>One tensor of a model by formula.</summary>
/// <param name="Part">the network</param>
/// <param name="Name">in diffusers' words, which the numbers are a function of</param>
/// <param name="Shape">as diffusers stores it</param>
internal sealed record FormulaTensor(ModelPartKind Part, string Name, IReadOnlyList<long> Shape)
{
    /// <summary>Numbers in it.</summary>
    public int Count => checked((int)Shape.Aggregate(1L, (product, length) => product * length));

    /// <summary>The table of positions of a motion module, which our networks compute and others read.</summary>
    public static FormulaTensor PositionsBeside(string norm, long frames, long channels)
    {
        string block = norm[..(norm.LastIndexOf(".norm1", StringComparison.Ordinal) + 1)];
        return new(ModelPartKind.MotionAdapter, block + ComputedTables.FramePositions, [1, frames, channels]);
    }

    /// <summary>The numbers.</summary>
    public void Fill(FormulaWeights formula, Span<float> values)
    {
        if (ComputedTables.IsOfFrames(Name)) Sinusoids.Positions((int)Shape[1], (int)Shape[2]).CopyTo(values);
        else formula.Read(Name, Shape, values);
    }
}
