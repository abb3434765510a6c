using System.Diagnostics;
using static TorchSharp.torch;

namespace EvsNative.Peers;

/// <summary>How fast libtorch multiplies matrices, by which code paths are compared.</summary>
internal static class ProductRate
{
    private const int Side = 1024, Trials = 60;

    /// <summary>GFLOP/s of a square product at best: of many calls on a busy machine some have it for themselves.</summary>
    public static double Measure()
    {
        using var a = ones(Side, Side);
        double best = double.PositiveInfinity;
        for (int i = 0; i < Trials; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using var product = matmul(a, a);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Side * Side * Side / best / 1e9;
    }
}
