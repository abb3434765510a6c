namespace EvsNative.Models;

/// <summary>One tensor of a model by formula.</summary>
/// <param name="Part">the network</param>
/// <param name="Name">in diffusers' words, which the numbers are a function of</param>
/// <param name="Shape">as diffusers stores it</param>
internal sealed record FormulaTensor(ModelPartKind Part, string Name, IReadOnlyList<long> Shape)
{
    /// <summary>Numbers in it.</summary>
    public int Count => checked((int)Shape.Aggregate(1L, (product, length) => product * length));
}
