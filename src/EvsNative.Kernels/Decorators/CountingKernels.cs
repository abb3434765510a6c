using System.Runtime.InteropServices;

namespace EvsNative.Kernels.Decorators;

/// <summary>What one operation cost in one module, all its calls together.</summary>
/// <param name="Path">the module</param>
/// <param name="Operation">the word of <see cref="KernelWords"/></param>
/// <param name="Calls">how often</param>
/// <param name="Flops">see <see cref="IKernelCall.Flops"/></param>
/// <param name="Bytes">see <see cref="IKernelCall.Bytes"/></param>
public readonly record struct OperationCount(string Path, string Operation, long Calls, long Flops, long Bytes);

/// <summary>FLOPs and bytes of each operation, by module path.</summary>
/// <param name="inner">the next in line</param>
/// <param name="path">the module that computes</param>
public sealed class CountingKernels(IKernels inner, Func<string> path) : IKernels
{
    private readonly Dictionary<(string Path, string Operation), OperationCount> _counts = [];

    /// <summary>Calls since the start or the last <see cref="Reset"/>.</summary>
    public long TotalCalls { get; private set; }

    /// <summary>FLOPs since the start or the last <see cref="Reset"/>.</summary>
    public long TotalFlops { get; private set; }

    /// <summary>Bytes since the start or the last <see cref="Reset"/>.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>One row for each module and operation, in the order of their first calls.</summary>
    public IReadOnlyCollection<OperationCount> Records => _counts.Values;

    /// <summary>One row for each operation, over all modules; the path is empty.</summary>
    public IReadOnlyList<OperationCount> ByOperation() =>
    [
        .. _counts.Values.GroupBy(row => row.Operation).Select(rows =>
            new OperationCount("", rows.Key, rows.Sum(row => row.Calls), rows.Sum(row => row.Flops), rows.Sum(row => row.Bytes))),
    ];

    /// <summary>Forgets all counts.</summary>
    public void Reset()
    {
        _counts.Clear();
        (TotalCalls, TotalFlops, TotalBytes) = (0, 0, 0);
    }

    /// <inheritdoc/>
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage) => inner.Pack(shape, weights, storage);

    /// <inheritdoc/>
    public void Run<TCall>(in TCall call) where TCall : struct, IKernelCall, allows ref struct
    {
        string at = path();
        long flops = call.Flops, bytes = call.Bytes;
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, (at, TCall.Name), out _);
        // A run may be too large to be counted; what would wrap is told, not shown.
        checked
        {
            row = new OperationCount(at, TCall.Name, row.Calls + 1, row.Flops + flops, row.Bytes + bytes);
            TotalCalls++;
            TotalFlops += flops;
            TotalBytes += bytes;
        }

        inner.Run(call);
    }
}
