using System.Diagnostics;
using static TorchSharp.torch;

namespace EvsNative.Peers;

/// <summary>How fast libtorch multiplies matrices, by which code paths are compared.</summary>
internal static class ProductRate
{
    private const int Side = 1024, Trials = 12;

    /// <summary>GFLOP/s of a square product, the fourth best of a dozen.</summary>
    public static double Measure()
    {
        using var a = ones(Side, Side);
        var seconds = new List<double>();
        for (int i = 0; i < Trials; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using var product = matmul(a, a);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        seconds.Sort();
        return 2.0 * Side * Side * Side / seconds[3] / 1e9;
    }
}
