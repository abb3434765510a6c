using System.Runtime.InteropServices;
using EvsNative.Kernels;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Bench;

/// <summary>
/// The kernels for tensor cores against those for any GPU on the same device, and on a sample of elements against float64. Results are
/// poisoned first; a second run must give the same bits, and so must the first image alone.
/// </summary>
internal static class AgreeBench
{
    private const int SampleSize = 192, Poison = 0xff, OtherPoison = 0x7f;

    /// <summary>Prints a line for each case.</summary>
    /// <param name="wish">a CUDA device</param>
    /// <param name="precision">how activations are stored</param>
    /// <param name="only">words of the lines wanted; none for all</param>
    /// <param name="isRehearsal">on tiny shapes</param>
    /// <param name="isMarkdown">for a page</param>
    /// <param name="jsonPath">a file for every line; absent for none</param>
    /// <returns>how many disagree</returns>
    public static int Print(
        DeviceWish wish, ElementType precision, IReadOnlyCollection<string> only, bool isRehearsal, bool isMarkdown, string? jsonPath)
    {
        using var json = new JsonLines(jsonPath);
        using var tensor = Open(wish, precision, KernelKinds.All);
        using var portable = Open(wish, precision, KernelKinds.Portable);
        AgreeCase[] cases =
        [
            .. (isRehearsal ? AgreeCases.Tiny() : precision == ElementType.Float16 ? AgreeCases.UNet() : AgreeCases.Autoencoder())
                .Where(shape => only.Count == 0 || only.Any(word => shape.Name.Contains(word, StringComparison.OrdinalIgnoreCase))),
        ];
        Console.WriteLine($"device: {tensor.Line}, kernels for tensor cores against portable ones, bar {Bar(precision):0.0e-0}");
        var plan = Plan(tensor, cases);
        tensor.Device.Compile(plan);
        portable.Device.Compile(Plan(portable, cases));
        Console.WriteLine($"{plan.Count} kernels, {plan.Forms.Count(IsTensor)} of them for tensor cores");
        Console.WriteLine();
        var table = new Table(isMarkdown, ("call", 60), ("result", 8), ("to portable", 12), ("to float64", 11), ("kernel", 72));
        table.Head();
        int failures = 0;
        foreach (var shape in cases)
        {
            var line = Try(tensor, portable, shape, precision);
            if (line.Problem is not null) failures++;
            table.Line(line.Name, line.Problem ?? "pass", $"{line.ToPortable:0.0e-0}", $"{line.ToDefinition:0.0e-0}", line.Kernel);
            json.Write(line);
        }

        if (!isRehearsal && only.Count == 0) Missing(tensor, plan, precision);
        return failures;
    }

    /// <summary>What rounding of sums and of results explains: tf32 rounds inputs, which are chosen to need none.</summary>
    internal static double Bar(ElementType precision) => precision == ElementType.Float16 ? 1e-3 : 2e-5;

    /// <summary>Tensor forms of whole passes that no case tried.</summary>
    private static void Missing(OpenGpu gpu, KernelPlan tried, ElementType precision)
    {
        bool isHalf = precision == ElementType.Float16;
        var passes = PassCases.All().Where(shape => isHalf == shape.Name.Contains("U-Net", StringComparison.Ordinal));
        string[] missing =
        [
            .. new DryCases(gpu, passes).Kernels.Forms.Where(IsTensor).Select(form => form.Name)
                .Except(tried.Forms.Select(form => form.Name)).Order(StringComparer.Ordinal),
        ];
        Console.WriteLine();
        string names = string.Join("; ", missing);
        Console.WriteLine(missing.Length == 0 ? "every tensor kernel of whole passes was tried" : $"not tried: {names}");
    }

    private static bool IsTensor(KernelForm form) => !form.Name.Contains("Portable", StringComparison.Ordinal);

    private static OpenGpu Open(DeviceWish wish, ElementType precision, KernelKinds kinds)
    {
        if (wish.Backend != Backend.Cuda) throw new DeviceException($"{wish}: tensor cores are CUDA's");
        var settings = CudaSettings.OfUser();
        return new OpenGpu(
            CudaGpu.Open(CudaDriver.Load(), wish.Index, settings with { Kernels = settings.Kernels & kinds }), Backend.Cuda, precision);
    }

    private static KernelPlan Plan(OpenGpu gpu, IEnumerable<AgreeCase> cases)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Precision: gpu.Device.Precision, Profile: gpu.Caps));
        foreach (var shape in cases)
        {
            using var scope = d.Enter(shape.Name);
            shape.Prepare(d, shape.Images).Run();
        }

        return d.UsedKernels;
    }

    private static AgreeLine Try(OpenGpu tensor, OpenGpu portable, AgreeCase shape, ElementType precision)
    {
        try
        {
            var (results, sample) = Run(tensor, shape, shape.Images, Poison, isSampled: true);
            var line = new AgreeLine(shape.Name, tensor.Runtime.LastKernel, 0, sample, null);
            if (results.Any(values => values.Any(float.IsNaN))) return line with { Problem = "FAIL: no numbers, or not written" };
            if (!Same(results, Run(tensor, shape, shape.Images, OtherPoison).Results, 1)) return line with { Problem = "FAIL: other bits" };
            if (shape.Images > 1 && !Same(Run(tensor, shape, 1, Poison).Results, results, shape.Images))
                return line with { Problem = "FAIL: other bits for one image alone" };
            line = line with { ToPortable = Error(results, Run(portable, shape, shape.Images, Poison).Results) };
            double bar = Bar(precision);
            return line.ToPortable <= bar && line.ToDefinition <= bar ? line : line with { Problem = "FAIL: other numbers" };
        }
        catch (DeviceException e)
        {
            return new AgreeLine(shape.Name, tensor.Runtime.LastKernel, double.NaN, double.NaN, $"FAIL: {e.Message}");
        }
    }

    private static (float[][] Results, double Error) Run(OpenGpu gpu, AgreeCase shape, int images, byte poison, bool isSampled = false)
    {
        var d = gpu.Device;
        using var scope = d.Enter(shape.Name);
        var trial = shape.Prepare(d, images);
        try
        {
            foreach (var y in trial.Results) gpu.Runtime.Fill((GpuBuffer)y.Buffer, y.Offset * y.Type.Bytes(), y.Bytes, poison);
            trial.Run();
            float[][] results = [.. trial.Results.Select(d.Download)];
            return (results, isSampled && trial.Defined is { } defined ? OfSample(results, defined) : 0);
        }
        finally
        {
            gpu.Runtime.Synchronize();
            foreach (var filter in trial.Filters) d.Free(filter);
        }
    }

    /// <summary>Elements from all over a result, its first and last among them.</summary>
    private static double OfSample(float[][] results, Func<int, long, double> defined)
    {
        double difference = 0, size = 0;
        for (int r = 0; r < results.Length; r++)
        {
            int count = SampleSize / results.Length;
            for (int i = 0; i < count; i++)
            {
                long at = (long)i * (results[r].Length - 1) / (count - 1);
                double right = defined(r, at);
                difference += (results[r][at] - right) * (results[r][at] - right);
                size += right * right;
            }
        }

        return Math.Sqrt(difference / size);
    }

    private static double Error(float[][] got, float[][] wanted)
    {
        double difference = 0, size = 0;
        foreach (var (a, b) in got.Zip(wanted))
        {
            for (int i = 0; i < a.Length; i++)
            {
                difference += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
                size += (double)b[i] * b[i];
            }
        }

        double error = Math.Sqrt(difference / size);
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }

    /// <summary>True if the first parts of some results have the bits of others.</summary>
    private static bool Same(float[][] first, float[][] all, int parts) => first.Zip(all).All(pair =>
        MemoryMarshal.AsBytes<float>(pair.First).SequenceEqual(MemoryMarshal.AsBytes(pair.Second.AsSpan(0, pair.Second.Length / parts))));
}

/// <summary>A case as it is kept.</summary>
/// <param name="Name">the call</param>
/// <param name="Kernel">the last that it started</param>
/// <param name="ToPortable">||a - b|| / ||b||, all elements</param>
/// <param name="ToDefinition">the same of a sample against float64; 0 where none was taken</param>
/// <param name="Problem">what is wrong; null if nothing is</param>
internal sealed record AgreeLine(string Name, string Kernel, double ToPortable, double ToDefinition, string? Problem);
