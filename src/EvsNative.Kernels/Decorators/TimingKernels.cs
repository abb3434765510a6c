using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EvsNative.Kernels.Decorators;

/// <summary>How long one operation took in one module, all its calls together.</summary>
/// <param name="Path">the module</param>
/// <param name="Operation">the word of <see cref="KernelWords"/></param>
/// <param name="Calls">how often</param>
/// <param name="Elapsed">wall time</param>
public readonly record struct OperationTime(string Path, string Operation, long Calls, TimeSpan Elapsed);

/// <summary>Wall time of each operation, by module path.</summary>
/// <param name="inner">the next in line</param>
/// <param name="path">the module that computes</param>
/// <param name="finish">waits for the device, so that an operation's time is its own</param>
public sealed class TimingKernels(IKernels inner, Func<string> path, Action finish) : IKernels
{
    private readonly Dictionary<(string Path, string Operation), OperationTime> _times = [];

    /// <summary>Calls since the start or the last <see cref="Reset"/>.</summary>
    public long TotalCalls { get; private set; }

    /// <summary>Time inside operations since the start or the last <see cref="Reset"/>.</summary>
    public TimeSpan TotalElapsed { get; private set; }

    /// <summary>One row for each module and operation, in the order of their first calls.</summary>
    public IReadOnlyCollection<OperationTime> Records => _times.Values;

    /// <summary>One row for each operation, over all modules; the path is empty.</summary>
    public IReadOnlyList<OperationTime> ByOperation() =>
    [
        .. _times.Values.GroupBy(row => row.Operation).Select(rows =>
            new OperationTime("", rows.Key, rows.Sum(row => row.Calls), new TimeSpan(rows.Sum(row => row.Elapsed.Ticks)))),
    ];

    /// <summary>Forgets all times.</summary>
    public void Reset()
    {
        _times.Clear();
        (TotalCalls, TotalElapsed) = (0, default);
    }

    /// <inheritdoc/>
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage) => inner.Pack(shape, weights, storage);

    /// <inheritdoc/>
    public void Run<TCall>(in TCall call) where TCall : struct, IKernelCall, allows ref struct
    {
        long start = Stopwatch.GetTimestamp();
        inner.Run(call);
        finish();
        var elapsed = Stopwatch.GetElapsedTime(start);
        string at = path();
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_times, (at, TCall.Name), out _);
        row = new OperationTime(at, TCall.Name, row.Calls + 1, row.Elapsed + elapsed);
        TotalCalls++;
        TotalElapsed += elapsed;
    }
}
