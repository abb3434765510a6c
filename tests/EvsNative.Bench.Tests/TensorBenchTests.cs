using EvsNative.Kernels;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Bench.Tests;

/// <summary>What the first minutes on a GPU ask of tensor kernels: each check passes where it should and nowhere else.</summary>
public sealed class TensorBenchTests
{
    [Fact]
    public void Lanes_have_every_number_of_a_matrix_once()
    {
        static int Places<T>(int numbers, Func<int, int, T> place) =>
            Enumerable.Range(0, 32).SelectMany(lane => Enumerable.Range(0, numbers).Select(i => place(lane, i))).Distinct().Count();
        Assert.Equal(16 * 16, Places(8, InstructionLayout.HalfA));
        Assert.Equal(16 * 8, Places(4, InstructionLayout.HalfA));
        Assert.Equal(16 * 8, Places(4, InstructionLayout.HalfB));
        Assert.Equal(16 * 8, Places(4, InstructionLayout.Tf32A));
        Assert.Equal(8 * 8, Places(2, InstructionLayout.Tf32B));
        Assert.Equal(16 * 8, Places(4, InstructionLayout.Sum));
    }

    [Fact]
    public void Every_instruction_is_as_the_manual_says_in_the_interpreter()
    {
        using var driver = new InterpretedCudaDriver { Sm = 80 };
        using var gpu = Open(driver);
        Assert.Equal(0, InstructionBench.Print(gpu, isMarkdown: false, jsonPath: null));
    }

    [Fact]
    public void On_a_device_that_computes_nothing_every_instruction_and_every_call_fails()
    {
        var driver = new FakeCudaDriver { Sm = 80 };
        using var folder = new TemporaryFolder();
        using (var gpu = Open(driver)) Assert.Equal(InstructionTrials.All.Count, InstructionBench.Print(gpu, true, folder["instructions"]));
        int cases = AgreeCases.Tiny().Count();
        Assert.Equal(
            cases, OnDriver(driver, () => AgreeBench.Print(Cuda, ElementType.Float16, [], isRehearsal: true, true, folder["agree"])));
        Assert.Equal(cases, File.ReadLines(folder["agree"]).Count());
        Assert.Empty(driver.Leaks);
    }

    /// <summary>What results are held to is right by itself: the processor, whose kernels are others, gives the same.</summary>
    [Fact]
    public void Definitions_agree_with_the_processor()
    {
        using var d = Device.Open(new DeviceOptions(Threads: 1));
        foreach (var shape in AgreeCases.Tiny())
        {
            using var scope = d.Enter(shape.Name);
            var trial = shape.Prepare(d, shape.Images);
            trial.Run();
            if (trial.Defined is not { } defined) continue;
            for (int r = 0; r < trial.Results.Count; r++)
            {
                float[] got = d.Download(trial.Results[r]);
                for (int at = 0; at < got.Length; at += 61) Assert.Equal(defined(r, at), got[at], 2e-5);
            }
        }
    }

    [Fact]
    public void Numbers_are_those_of_every_type_and_spread()
    {
        var numbers = new AgreeNumbers(3, 0.25);
        double[] drawn = [.. Enumerable.Range(0, 1000).Select(at => numbers[at])];
        Assert.All(drawn, x => Assert.True(x == (double)(Half)x && Math.Abs(x) < 0.25));
        Assert.InRange(drawn.Average(), -0.02, 0.02);
        Assert.InRange(drawn.Distinct().Count(), 200, 255);
        Assert.NotEqual(drawn, Enumerable.Range(0, 1000).Select(at => new AgreeNumbers(4, 0.25)[at]));
    }

    [Theory]
    [InlineData("ProductTensor", 232, 0, 128, 2, true)]
    [InlineData("ProductTensor", 240, 0, 128, 2, true)]
    [InlineData("ProductTensor", 232, 8, 128, 2, false)]
    [InlineData("ProductTensor", 232, 0, 128, 3, false)]
    [InlineData("ProductPortable", 128, 16, 256, 2, true)]
    [InlineData("ProductPortable", 128, 24, 256, 2, false)]
    [InlineData("ProductPortable", 136, 0, 256, 2, false)]
    [InlineData("ProductPortable", 255, 0, 256, 0, true)]
    public void A_kernel_is_as_planned_if_its_groups_fit_and_nothing_is_kept_in_memory(
        string name, int registers, int local, int threads, int groups, bool isGood)
    {
        var method = (name == "ProductTensor" ? typeof(ProductTensorNamed) : typeof(ProductPortableNamed)).GetMethod("Kernel")!;
        var facts = new CudaKernelFacts(name, threads, registers, local, 0, false, 0);
        string? objection = KernelBench.Objection(new KernelForm(method, threads, groups), facts, KernelBench.GroupsOf(facts));
        Assert.Equal(isGood, objection is null);
    }

    [Theory]
    [InlineData(4e-3, 1.5e-3, 2e-3, true)]
    [InlineData(4.1e-3, 1.5e-3, 2e-3, false)]
    [InlineData(1.1e-2, 1e-3, 1e-2, false)]
    [InlineData(1e-3, 2.1e-3, 1e-2, false)]
    [InlineData(9e-3, 1e-3, null, true)]
    [InlineData(null, 1e-3, 1e-4, true)]
    [InlineData(double.PositiveInfinity, 1e-3, null, false)]
    [InlineData(1e-3, double.NaN, null, false)]
    public void Precision_has_two_bars_in_half_and_one_in_tf32(double? half, double tf32, double? torch, bool holds) =>
        Assert.Equal(holds, PrecisionBench.Holds(half, tf32, torch));

    private static DeviceWish Cuda { get; } = new(Backend.Cuda);

    private static OpenGpu Open(ICudaDriver driver) =>
        new(CudaGpu.Open(driver, 0, new CudaSettings(new KernelCache(null))), Backend.Cuda, ElementType.Float16);

    private static T OnDriver<T>(ICudaDriver driver, Func<T> run)
    {
        var (usual, cache) = (CudaDriver.Load, Environment.GetEnvironmentVariable("EVSNATIVE_CACHE"));
        CudaDriver.Load = () => driver;
        Environment.SetEnvironmentVariable("EVSNATIVE_CACHE", "off");
        try
        {
            return run();
        }
        finally
        {
            CudaDriver.Load = usual;
            Environment.SetEnvironmentVariable("EVSNATIVE_CACHE", cache);
        }
    }

    internal static class ProductTensorNamed
    {
        public static void Kernel() { }
    }

    internal static class ProductPortableNamed
    {
        public static void Kernel() { }
    }
}
