using System.Numerics;
using EvsNative.Kernels;
using EvsNative.Kernels.Decorators;

namespace EvsNative.Bench;

/// <summary>What an operation cannot be faster than on this machine: the roofline model.</summary>
/// <param name="threads">threads of both measured limits</param>
internal sealed class Roof(int threads)
{
    private const long SmallestCopy = 1L << 20, LargestCopy = 1L << 29;

    private readonly Dictionary<long, double> _copies = [];
    private readonly List<double> _bursts = [];

    /// <summary>GFLOP/s of every burst so far.</summary>
    public IReadOnlyList<double> Bursts => _bursts;

    /// <summary>GB/s of copying much more than the caches hold.</summary>
    public double MemoryGigabytes => Copy(LargestCopy);

    /// <summary>Measures the multiply-adds once more; to be called beside what is compared with them.</summary>
    public double Burst()
    {
        double gflops = Peak.Gflops(threads);
        _bursts.Add(gflops);
        return gflops;
    }

    /// <summary>
    /// Milliseconds at the roof: for each operation the longer of its multiply-adds and of the moving of its inputs, weights and outputs.
    /// Memory counts at the speed of a copy of as many bytes, which the caches may hold.
    /// </summary>
    public double Floor(IEnumerable<OperationCount> operations, double gflops) =>
        operations.Sum(o => Math.Max(o.Flops / gflops / 1e6, o.Bytes / Copy(o.Bytes / o.Calls) / 1e6));

    /// <summary>What the calls of a case consist of, found on a device that computes nothing.</summary>
    public static IReadOnlyCollection<OperationCount> Count(Case shape)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true));
        using var scope = d.Enter("count");
        var run = shape.Prepare(d);
        d.Counting!.Reset();
        run();
        return d.Counting.Records;
    }

    private double Copy(long bytes)
    {
        long rounded = Math.Clamp((long)BitOperations.RoundUpToPowerOf2((ulong)bytes), SmallestCopy, LargestCopy);
        if (_copies.TryGetValue(rounded, out double rate)) return rate;
        rate = Peak.CopyGigabytes(threads, rounded);
        // Copies around the size of the caches may be slower than those far beyond it, which go past them.
        return _copies[rounded] = rounded == LargestCopy ? rate : Math.Max(rate, Copy(LargestCopy));
    }
}
