using System.Runtime.InteropServices;

namespace EvsNative.Kernels.Decorators;

/// <summary>What one operation cost in one module, all its calls together.</summary>
/// <param name="Path">the module</param>
/// <param name="Operation">the word of <see cref="KernelWords"/></param>
/// <param name="Calls">how often</param>
/// <param name="Flops">see <see cref="IKernelCall.Flops"/></param>
/// <param name="Bytes">see <see cref="IKernelCall.Bytes"/></param>
public readonly record struct OperationCount(string Path, string Operation, long Calls, long Flops, long Bytes);

/// <summary>A call as far as its time depends on it; calls that agree in all of this take as long as one another.</summary>
/// <param name="Operation">the word of <see cref="KernelWords"/></param>
/// <param name="Work">what its time follows</param>
/// <param name="Flops">see <see cref="IKernelCall.Flops"/></param>
/// <param name="Bytes">see <see cref="IKernelCall.Bytes"/></param>
/// <param name="Launches">kernels that it starts; 0 where nobody counts them</param>
/// <param name="Kernel">the last of them; empty likewise</param>
public readonly record struct CountedCall(string Operation, CallWork Work, long Flops, long Bytes, long Launches, string Kernel);

/// <summary>What a GPU has started so far.</summary>
/// <param name="Launches">kernels</param>
/// <param name="Kernel">the last of them; empty if there is none</param>
public readonly record struct LaunchMark(long Launches, string Kernel);

/// <summary>FLOPs and bytes of each operation, by module path.</summary>
/// <param name="inner">the next in line</param>
/// <param name="path">the module that computes</param>
/// <param name="launches">what the GPU has started; absent where there is none, or it does not count</param>
public sealed class CountingKernels(IKernels inner, Func<string> path, Func<LaunchMark>? launches = null) : IKernels
{
    private readonly Dictionary<(string Path, string Operation), OperationCount> _counts = [];
    private Dictionary<CountedCall, long> _calls = [];

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

    /// <summary>How often which call was made since the start, the last <see cref="Reset"/> or the last time this was asked.</summary>
    public IReadOnlyDictionary<CountedCall, long> TakeCalls()
    {
        var taken = _calls;
        _calls = [];
        return taken;
    }

    /// <summary>Forgets all counts.</summary>
    public void Reset()
    {
        _counts.Clear();
        _calls.Clear();
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

        var work = call.Work;
        var before = launches?.Invoke() ?? default;
        inner.Run(call);
        var after = launches?.Invoke() ?? new LaunchMark(0, "");
        CollectionsMarshal.GetValueRefOrAddDefault(
            _calls, new CountedCall(TCall.Name, work, flops, bytes, after.Launches - before.Launches, after.Kernel), out _)++;
    }
}
