using System.Reflection;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Cuda;

/// <summary>Kernels are compiled together before they are needed, and once on a machine.</summary>
public sealed class CudaCompileTests
{
    private static readonly KernelForm Add = new(CudaTest.AddKernel, CudaTest.Threads);

    [Fact]
    public void A_second_start_finds_all_machine_code_and_compiles_nothing()
    {
        using var folder = new TemporaryFolder();
        var (first, firstDriver) = Start(folder.Path);
        Assert.InRange(first.Compilations, 4, 40);
        Assert.Equal(first.Compilations, first.Facts.Count);
        Assert.Equal(first.Compilations, firstDriver.Calls.Count(call => call == nameof(ICudaDriver.LinkComplete)));

        var (second, secondDriver) = Start(folder.Path);
        Assert.Equal(0, second.Compilations);
        Assert.Equal(first.Facts.Select(kernel => kernel.Name), second.Facts.Select(kernel => kernel.Name));
        Assert.All(second.Facts, kernel => Assert.True(kernel.IsFromCache, kernel.Name));
        Assert.DoesNotContain(nameof(ICudaDriver.LinkCreate), secondDriver.Calls);
        Assert.Equal(firstDriver.Loaded, secondDriver.Loaded);

        Assert.Equal(first.Compilations, Start(folder.Path, "580.159.05").Gpu.Compilations);
    }

    [Fact]
    public void A_plan_is_compiled_ahead_once_and_tells_how_many_are_ready()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            KernelForm[] forms = [Add, Add with { Threads = 128 }, Add with { MinGroups = 2 }];
            List<int> told = [];
            gpu.Compile(forms, told.Add);
            Assert.Equal([1, 2, 3], told);
            Assert.Equal(3, gpu.Compilations);
            Assert.Empty(driver.Loaded);
            CudaTest.LoadAdd(gpu);
            gpu.Compile(forms);
            Assert.Equal(3, gpu.Compilations);
            Assert.StartsWith(FakeCudaDriver.CodePrefix, Assert.Single(driver.Loaded), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void What_cannot_be_compiled_ahead_is_told_where_it_is_loaded()
    {
        var driver = new FakeCudaDriver();
        driver.Fail(nameof(ICudaDriver.LinkComplete), CudaResult.InvalidPtx);
        driver.Fail(nameof(ICudaDriver.LinkComplete), CudaResult.InvalidPtx);
        driver.Fail(nameof(ICudaDriver.ModuleLoad), CudaResult.InvalidPtx);
        CudaTest.Balanced(driver, gpu =>
        {
            gpu.Compile([Add]);
            string line = Assert.Throws<DeviceException>(() => CudaTest.LoadAdd(gpu)).Message;
            Assert.Contains("the driver refuses kernel CudaTest.AddingKernel", line, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Compiling_ahead_stops_when_the_run_is_cancelled()
    {
        CudaTest.Balanced(new FakeCudaDriver(), gpu =>
        {
            gpu.Cancellation = new CancellationToken(canceled: true);
            Assert.Throws<OperationCanceledException>(() => gpu.Compile([Add]));
            Assert.Equal(0, gpu.Compilations);
        });
    }

    [Fact]
    public void A_form_is_another_with_other_policies_threads_or_code()
    {
        var kernel = typeof(CudaCompileTests).GetMethod(nameof(Two), BindingFlags.Static | BindingFlags.NonPublic)!;
        KernelForm[] forms =
        [
            Add, Add with { Threads = 32 }, Add with { MinGroups = 1 }, new(kernel.MakeGenericMethod(typeof(int), typeof(float)), 64),
            new(kernel.MakeGenericMethod(typeof(float), typeof(int)), 64),
            new(kernel.MakeGenericMethod(typeof(List<int>), typeof(int)), 64),
            new(kernel.MakeGenericMethod(typeof(List<float>), typeof(int)), 64),
        ];
        Assert.Equal(forms.Length, forms.Select(form => form.Identity).Distinct().Count());
        Assert.Equal(Add.Identity, new KernelForm(CudaTest.AddKernel, CudaTest.Threads).Identity);
        Module[] modules = [typeof(CudaTest).Module, typeof(CudaGpu).Module, typeof(ILGPU.Context).Module];
        Assert.All(modules, module => Assert.Contains(module.ModuleVersionId.ToString(), Add.Identity, StringComparison.Ordinal));
        Assert.Contains(typeof(TestDevices).Module.ModuleVersionId.ToString(),
            new KernelForm(kernel.MakeGenericMethod(typeof(List<Draw>), typeof(int)), 64).Identity, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.163.01  Tue Apr  8 12:41:17 UTC 2025", "550.163.01")]
    [InlineData("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build  (builder@host)", "580.159.04")]
    [InlineData("NVRM version: NVIDIA UNIX aarch64 Kernel Module  535.54", "535.54")]
    [InlineData("nothing of the kind", "")]
    public void The_drivers_full_version_is_what_its_kernel_module_says(string line, string version)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["version"], line + "\nGCC version:  gcc version 12.3.0\n");
        Assert.Equal(version, CudaDriverVersion.Read(folder["version"]));
        Assert.Equal("", CudaDriverVersion.Read(folder["none"]));
    }

    private static void Two<TA, TB>(CudaTest.AddArgs args) { }

    /// <summary>What a program does at its start: opens the device and uses some operations.</summary>
    private static (CudaGpu Gpu, FakeCudaDriver Driver) Start(string folder, string version = "580.159.04")
    {
        var driver = new FakeCudaDriver();
        var gpu = CudaTest.Open(driver, new CudaSettings(new KernelCache(folder), Driver: version));
        using var d = Device.On(gpu, new DeviceOptions(Backend.Cuda));
        foreach (var result in SelfTest.Run(d, name => name is "Combine" or "Copy" or "GroupNorm")) Assert.Null(result.Problem);
        return (gpu, driver);
    }
}
