using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>A recorded tensor to use instead of the layer's own, and its weight where the layer blends (queries).</summary>
public readonly record struct Injection(Tensor Recorded, float Weight = 1);

/// <summary>
/// What layers may exchange with the outside during one forward pass, by name: an attention offers <c>path.q</c>, <c>path.k</c>,
/// <c>path.v</c>; a resnet offers <c>path</c>, its residual branch; a network offers <c>path</c>, the output of each block.
/// </summary>
public interface IFeatureTap
{
    /// <summary>True if this name is recorded or injected: a layer asks before it gives up a fusion for the tap's sake.</summary>
    bool Wants(string name);

    /// <summary>What to use under this name, or null to leave the layer as trained.</summary>
    Injection? Injected(string name);

    /// <summary>Offers the layer's own tensor; it is valid during the call only.</summary>
    void Observe(string name, Tensor own);
}
