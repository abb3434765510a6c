using System.Diagnostics;
using System.Runtime.Intrinsics;
using EvsNative.Kernels;
using EvsNative.Kernels.Backends;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Bench;

/// <summary>
/// Both ways of a 3 x 3 convolution beside what <see cref="ConvPlan"/> counts for them, for one image and for sixteen. The constants of the
/// plan are read off here: a step is what the direct method takes for one, the transform of a filter what is left of a convolution by tiles
/// where there are few of them.
/// </summary>
internal static class ConvMethodBench
{
    private const double Seconds = 0.3;
    private const int Rounds = 3;

    private static readonly (int Channels, int Side)[] Shapes =
    [
        (320, 64), (320, 32), (640, 32), (640, 16), (1280, 16), (1280, 8), (1280, 6), (1280, 4), (1280, 2), (64, 64), (128, 128), (512, 64),
    ];

    public static void Print(int threads, bool isMarkdown)
    {
        int bits = CpuWidth.Widest;
        Console.WriteLine($"{bits}-bit vectors, {threads} threads; nanoseconds of a thread for each vector of a filter's weights (9 taps)");
        var table = new Table(
            isMarkdown, ("convolution", 30), ("direct", 10), ("steps", 8), ("ns/step", 9), ("tiles", 10), ("steps", 8), ("ns/step", 9),
            ("direct/tiles", 14), (" plan", 10));
        table.Head();
        foreach (int images in (int[])[1, 16])
            foreach (var (channels, side) in Shapes)
                table.Line(bits switch
                {
                    512 => Line<Simd512, Vector512<float>>(channels, side, images, threads),
                    256 => Line<Simd256, Vector256<float>>(channels, side, images, threads),
                    _ => Line<Simd128, Vector128<float>>(channels, side, images, threads),
                });
    }

    private static string[] Line<TSimd, TVector>(int channels, int side, int images, int threads)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        using var d = Device.Open(new DeviceOptions(Threads: threads));
        using var scope = d.Enter("convolution");
        using var workers = new CpuWorkers(threads);
        using var scratch = new Scratch(workers.Allocate);
        using var gemm = new GemmCpu<TSimd, TVector>(workers);
        var filter = Inputs.Pack(d, new FilterShape(channels, channels, 3));
        var x = Inputs.Rent(d, new Shape(images, side, side, channels));
        var call = new Conv2dCall(Inputs.Empty(d, x.Shape), x, null, filter, new ConvGeometry(1), default);
        double vectors = (double)channels * channels / TSimd.Count;
        double direct = Time(ConvMethod.Direct) / vectors, tiles = Time(ConvMethod.Winograd) / vectors;
        double steps = ConvPlan.Direct(x.Shape, images), tileSteps = ConvPlan.Winograd(x.Shape, images, TSimd.Count);
        var choice = ConvPlan.Choose(filter.Shape, call.Geometry, x.Shape, channels, 0, TSimd.Count);
        return
            [
                $"{channels}, {side}x{side}, {images} images", $"{direct:F0}", $"{steps:F0}", $"{direct / steps:F2}", $"{tiles:F0}",
                $"{tileSteps:F0}", $"{tiles / tileSteps:F2}", $"{direct / tiles:F2}", $" {choice}",
            ];

        double Time(ConvMethod method)
        {
            using var convolution = new Conv2dCpu<TSimd, TVector>(workers, scratch, gemm, method);
            convolution.Run(call);
            double least = double.MaxValue;
            for (int round = 0; round < Rounds; round++)
            {
                long start = Stopwatch.GetTimestamp();
                int calls = 0;
                for (; calls == 0 || Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds / Rounds; calls++) convolution.Run(call);
                least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls);
            }

            return least * threads;
        }
    }
}
