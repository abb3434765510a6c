using System.Diagnostics;
using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>Operations of the CPU backend on shapes of the real networks: median time, GFLOP/s and the share of the measured peak.</summary>
internal static class CpuTable
{
    public static void Print(int threads)
    {
        using var d = Device.Open(new DeviceOptions(Threads: threads));
        int used = threads > 0 ? threads : Environment.ProcessorCount;
        double peak = Peak.Gflops(used);
        Console.WriteLine($"{d.Description}; measured peak {peak:F0} GFLOP/s, copy {Peak.CopyGigabytes():F1} GB/s");
        Console.WriteLine($"{"operation",-44}{"ms",10}{"GFLOP/s",10}{"of peak",9}");

        Row(d, peak, "product 1024 x 1024 x 1024", () => Product(d, 1024, 1024, 1024));
        Row(d, peak, "product 4096 x 320 x 320", () => Product(d, 4096, 320, 320));
        Row(d, peak, "product 256 x 1280 x 1280", () => Product(d, 256, 1280, 1280));
        Row(d, peak, "conv 3x3 320->320 64x64", () => Convolution(d, 320, 320, 64, 64));
        Row(d, peak, "conv 3x3 640->640 32x32", () => Convolution(d, 640, 640, 32, 32));
        Row(d, peak, "conv 3x3 2560->1280 8x8", () => Convolution(d, 2560, 1280, 8, 8));
        Row(d, peak, "conv 3x3 128->128 256x256 (VAE)", () => Convolution(d, 128, 128, 256, 256));
        Row(d, peak, "conv 3x3 64->64 16x16 x16 (demo)", () => Convolution(d, 64, 64, 16, 16, 16));
        Row(d, peak, "attention 4096 tokens, 8 x 40", () => Attend(d, new Shape(1, 64, 64, 320), new AttentionOptions(8)));
        Row(d, peak, "attention 1024 tokens, 8 x 80", () => Attend(d, new Shape(1, 32, 32, 640), new AttentionOptions(8)));
        Row(d, peak, "attention 4096 tokens, 1 x 512 (VAE)", () => Attend(d, new Shape(1, 64, 64, 512), new AttentionOptions(1)));
        Row(d, peak, "attention 16 frames, 32x32, 8 x 40", () => Attend(d, new Shape(16, 32, 32, 320), new AttentionOptions(8, SequenceAxis.Frames, 16)));
    }

    private static void Row(Device d, double peak, string name, Func<(double Gflop, Action Run)> make)
    {
        using var scope = d.Enter(name);
        var (gflop, run) = make();
        run();
        int repeats = Math.Clamp((int)(60 / gflop), 5, 50);
        var times = new double[repeats];
        for (int i = 0; i < repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        double ms = times[repeats / 2], rate = gflop / ms * 1e3;
        Console.WriteLine($"{name,-44}{ms,10:F2}{rate,10:F1}{rate / peak,9:P0}");
    }

    private static (double Gflop, Action Run) Product(Device d, int rows, int inputs, int outputs)
    {
        var filter = d.Pack(new FilterShape(outputs, inputs), Draw(outputs * inputs));
        Tensor x = Random(d, new Shape(1, 1, rows, inputs)), y = d.Rent(new Shape(1, 1, rows, outputs));
        return (2e-9 * rows * inputs * outputs, () => d.Kernels.Linear(y, x, filter, default));
    }

    private static (double Gflop, Action Run) Convolution(Device d, int inputs, int outputs, int height, int width, int images = 1)
    {
        var filter = d.Pack(new FilterShape(outputs, inputs, 3), Draw(outputs * inputs * 9));
        Tensor x = Random(d, new Shape(images, height, width, inputs)), y = d.Rent(new Shape(images, height, width, outputs));
        return (2e-9 * y.Shape.Count * filter.Shape.Depth, () => d.Kernels.Conv2d(y, x, null, filter, new ConvGeometry(Stride: 1), default));
    }

    private static (double Gflop, Action Run) Attend(Device d, Shape shape, AttentionOptions options)
    {
        Tensor q = Random(d, shape), k = Random(d, shape), v = Random(d, shape), y = d.Rent(shape);
        double keys = options.Axis == SequenceAxis.Frames ? options.Frames : shape.Pixels;
        return (4e-9 * shape.Count * keys, () => d.Kernels.Attention(y, q, k, v, options));
    }

    private static Tensor Random(Device d, Shape shape) => d.Upload(Draw(checked((int)shape.Count)), shape);

    private static float[] Draw(int count)
    {
        var random = new Random(7);
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = (random.NextSingle() * 2) - 1;
        return values;
    }
}
