using EvsNative.Kernels;

namespace EvsNative.Models.Adapters;

/// <summary>What an adapter adds to one tensor of a network. Its numbers are read when it is added, and not kept.</summary>
internal abstract class WeightChange
{
    /// <summary>Adds the change to a tensor, in float32.</summary>
    /// <param name="values">the tensor, [rows, columns] with all axes but the first as columns</param>
    /// <param name="update">multiplies</param>
    public abstract void AddTo(Span<float> values, RankUpdate update);
}
