namespace EvsNative.Kernels;

/// <summary>A class that knows how a device does an operation; a class may know several.</summary>
internal interface IOperation<TCall> where TCall : struct, IKernelCall, allows ref struct
{
    void Run(in TCall call);
}

/// <summary>Brings weights into the layout that a device's products read.</summary>
internal interface IFilterPacking
{
    /// <summary>Packs weights in the checkpoint's order; on dry runs they may come without values.</summary>
    Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage);
}
