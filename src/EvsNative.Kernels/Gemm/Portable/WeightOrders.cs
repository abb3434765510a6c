using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>How the product's kernel finds packed weights, and how they are stored: a compile-time choice.</summary>
internal interface IWeightOrder
{
    /// <summary>Sections are filled up by more than three columns: there may be fours of which no column is wanted.</summary>
    static abstract bool HasEmptyFours { get; }

    /// <summary>Four neighbouring columns, from a multiple of four on, of a place on the summed axis.</summary>
    static abstract Four LoadFour(ProductArgsPortable args, int place, int column);
}

/// <summary>Weights in the order of <see cref="FilterLayoutPortable"/>.</summary>
internal readonly struct PortableOrder<TStored> : IWeightOrder where TStored : struct, IStored
{
    public static bool HasEmptyFours => false;

    public static Four LoadFour(ProductArgsPortable args, int place, int column) =>
        TStored.LoadFour(args.Weights, ((long)place * args.Columns) + column);
}

/// <summary>
/// Weights in the order of <see cref="FilterLayoutTensor"/>, for the calls that tensor kernels leave: four reads, which other threads'
/// reads of the same lines follow.
/// </summary>
internal readonly struct TensorOrder<TStored> : IWeightOrder where TStored : struct, IStored
{
    public static bool HasEmptyFours => true;

    public static Four LoadFour(ProductArgsPortable args, int place, int column)
    {
        long at = ((long)column * args.Depth) + place;
        return Four.Of(
            TStored.Load(args.Weights, at), TStored.Load(args.Weights, at + args.Depth),
            TStored.Load(args.Weights, at + (2L * args.Depth)), TStored.Load(args.Weights, at + (3L * args.Depth)));
    }
}

/// <summary>The order of a filter's weights.</summary>
internal static class WeightOrders
{
    /// <summary>Its policy.</summary>
    public static Type Order(this Filter filter) => (IsTensor(filter), filter.Storage) switch
    {
        (false, WeightStorage.Float32) => typeof(PortableOrder<Float32Element>),
        (false, WeightStorage.Float16) => typeof(PortableOrder<Float16Element>),
        (false, _) => typeof(PortableOrder<BFloat16Element>),
        (true, WeightStorage.Float32) => typeof(TensorOrder<Float32Element>),
        (true, _) => typeof(TensorOrder<Float16Element>),
    };

    /// <summary>Demands one of the orders.</summary>
    /// <exception cref="InvalidOperationException">the filter is packed for none of the GPU's products</exception>
    public static void DemandOrder(this Filter filter) => filter.Demand(FilterLayoutPortable.Layout, FilterLayoutTensor.Layout);

    /// <summary>Columns in all, padding included.</summary>
    public static int PackedColumns(this Filter filter) =>
        IsTensor(filter) ? new FilterLayoutTensor(filter.Shape).Columns : new FilterLayoutPortable(filter.Shape).Columns;

    private static bool IsTensor(Filter filter) => filter.Layout == FilterLayoutTensor.Layout;
}
