using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Tests.Cuda;

public sealed class CudaKernelTests
{
    [Fact]
    public void A_launch_has_its_groups_threads_and_arguments()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var y = gpu.Allocate(1000);
            CudaTest.Add(CudaTest.LoadAdd(gpu), y, 2.5f, 130);
            var launch = Assert.Single(driver.Launches);
            Assert.Equal(new CudaLaunchShape(new Groups(3), CudaTest.Threads), launch.Shape);
            byte[] wanted = [
                .. BitConverter.GetBytes((long)y.Address), .. BitConverter.GetBytes(1000L), .. BitConverter.GetBytes(0L),
                .. BitConverter.GetBytes(2.5f),
                .. BitConverter.GetBytes(130)];
            Assert.Equal(wanted, launch.Arguments);
            Assert.Contains("CudaTest", launch.Function, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_driver_tells_what_it_made_of_a_kernel()
    {
        CudaTest.Balanced(new FakeCudaDriver(), gpu =>
        {
            CudaTest.LoadAdd(gpu);
            var facts = Assert.Single(gpu.Facts);
            Assert.Equal(new CudaKernelFacts("CudaTest.AddingKernel", CudaTest.Threads, 40, 0, 512, false, facts.Milliseconds), facts);
            Assert.True(facts.Milliseconds > 0);
        });
    }

    [Fact]
    public void A_kernel_that_the_driver_refuses_is_named_with_the_first_lines_of_the_log()
    {
        const string Complaint = "ptxas, line 7; error: Unknown symbol 'x'\n\nptxas fatal: aborted\nthree\nfour\n";
        var driver = new FakeCudaDriver { Log = new CudaJitLog(Complaint, "") };
        driver.Fail(nameof(ICudaDriver.ModuleLoad), CudaResult.InvalidPtx);
        CudaTest.Balanced(driver, gpu =>
        {
            var e = Assert.Throws<DeviceException>(() => CudaTest.LoadAdd(gpu));
            const string Line = "Fake sm_90: the driver refuses kernel CudaTest.AddingKernel "
                + "[ptxas, line 7; error: Unknown symbol 'x'; ptxas fatal: aborted; three]: CUDA_ERROR_INVALID_PTX, code 218";
            Assert.Equal(Line, e.Message);
            CudaTest.LoadAdd(gpu);
        });
    }

    [Fact]
    public void Whatever_fails_at_loading_is_a_line_that_names_the_kernel()
    {
        string[] functions =
            [nameof(ICudaDriver.ModuleLoad), nameof(ICudaDriver.ModuleFunction), nameof(ICudaDriver.FunctionGet),
                nameof(ICudaDriver.FunctionSet)];
        foreach (string function in functions)
        {
            var driver = new FakeCudaDriver();
            driver.Fail(function, CudaResult.InvalidValue);
            CudaTest.Balanced(driver, gpu =>
            {
                var options = new GpuKernelOptions(60 << 10);
                var e = Assert.Throws<DeviceException>(() => gpu.Load<CudaTest.AddArgs>(CudaTest.AddKernel, CudaTest.Threads, options));
                Assert.Contains("kernel CudaTest.AddingKernel", e.Message, StringComparison.Ordinal);
            });
        }
    }

    // The driver's kernels have 512 bytes of static arrays, which count.
    [Theory]
    [InlineData(0, 0)]
    [InlineData((48 << 10) - 512, 0)]
    [InlineData((48 << 10) - 511, 1)]
    [InlineData(48 << 10, 1)]
    [InlineData(100 << 10, 1)]
    public void Much_shared_memory_is_asked_for(int bytes, int asked)
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = gpu.Load<CudaTest.AddArgs>(CudaTest.AddKernel, CudaTest.Threads, new GpuKernelOptions(bytes));
            CudaTest.Add(kernel, gpu.Allocate(64), 1);
            Assert.Equal(asked, driver.Asked.Count(pair => pair == (CudaFunctionAttribute.MaxDynamicSharedBytes, bytes)));
            Assert.Equal(bytes, driver.Launches[0].Shape.SharedBytes);
            Assert.Equal(bytes + 512, gpu.Facts[0].SharedBytes);
        });
    }

    [Fact]
    public void Static_and_dynamic_shared_memory_together_are_held_to_what_the_device_gives_on_request()
    {
        // The driver's kernels have 512 bytes of static arrays.
        CudaTest.Balanced(new FakeCudaDriver(), gpu =>
        {
            gpu.Load<CudaTest.AddArgs>(CudaTest.AddKernel, CudaTest.Threads, new GpuKernelOptions((227 << 10) - 512));
            foreach (int bytes in (int[])[(227 << 10) - 511, (227 << 10) + 1])
            {
                var options = new GpuKernelOptions(bytes);
                var e = Assert.Throws<DeviceException>(() => gpu.Load<CudaTest.AddArgs>(CudaTest.AddKernel, CudaTest.Threads, options));
                Assert.Contains($"of shared memory a group, {227 << 10} are possible", e.Message, StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public void Clusters_and_overlapping_starts_are_attributes_of_the_launch()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel =
                gpu.Load<CudaTest.AddArgs>(CudaTest.AddKernel, CudaTest.Threads, new GpuKernelOptions(Cluster: 2, IsOverlapping: true));
            CudaTest.Add(kernel, gpu.Allocate(64), 1);
            Assert.Equal([(4, 2, 1, 1), (6, 1, 0, 0)], driver.Launches[0].Attributes.Select(a => (a.Id, a.X, a.Y, a.Z)));
        });
    }

    [Fact]
    public void A_launch_that_does_not_start_names_kernel_and_module_and_the_device_goes_on()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            gpu.Path = () => "unet.down.0";
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            driver.Fail(nameof(ICudaDriver.Launch), CudaResult.LaunchOutOfResources);
            var e = Assert.Throws<DeviceException>(() => CudaTest.Add(kernel, y, 1));
            const string Line = "Fake sm_90: kernel CudaTest.AddingKernel did not start in (1,1,1) groups of 64 threads: "
                + "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, code 701 (after kernel CudaTest.AddingKernel at unet.down.0)";
            Assert.Equal(Line, e.Message);
            CudaTest.Add(kernel, y, 1);
            Assert.Single(driver.Launches);
        });
    }

    [Fact]
    public void An_error_that_no_context_survives_is_told_by_every_later_call_and_closing_works()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            gpu.Path = () => "vae.decoder";
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            gpu.Write(y, 0, new byte[64]);
            for (int i = 0; i < 3; i++) gpu.Replay("key", () => CudaTest.Add(kernel, y, 1));
            CudaTest.Add(kernel, y, 1);
            driver.Lost = CudaResult.IllegalAddress;
            string line = Assert.Throws<DeviceException>(gpu.Synchronize).Message;
            Assert.Contains("the device failed: CUDA_ERROR_ILLEGAL_ADDRESS", line, StringComparison.Ordinal);
            Assert.Contains("EVSNATIVE_SYNC=1", line, StringComparison.Ordinal);
            Assert.EndsWith("(after kernel CudaTest.AddingKernel at vae.decoder)", line, StringComparison.Ordinal);
            int calls = driver.Calls.Count;
            Action[] later = [
                gpu.Synchronize, () => gpu.Allocate(1), () => CudaTest.Add(kernel, y, 1), () => gpu.Write(y, 0, [1]),
                () => gpu.Read(y, 0, new byte[1]),
                () => gpu.Fill(y, 0, 1, 1), () => gpu.Replay("key", () => { }), () => CudaTest.LoadAdd(gpu), () => gpu.Time(() => { })];
            foreach (var call in later) Assert.Equal(line, Assert.Throws<DeviceException>(call).Message);
            Assert.Equal(calls, driver.Calls.Count);
        });
    }

    [Fact]
    public void A_launch_that_meets_an_earlier_kernels_error_blames_that_one()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            CudaTest.Add(kernel, y, 1);
            driver.Fail(nameof(ICudaDriver.Launch), CudaResult.IllegalAddress);
            var e = Assert.Throws<DeviceException>(() => CudaTest.Add(kernel, y, 1));
            Assert.Contains("the device failed in kernel CudaTest.AddingKernel or before it", e.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_synchronous_mode_waits_after_each_kernel_and_records_nothing()
    {
        var driver = new FakeCudaDriver();
        using (var gpu = CudaTest.Open(driver, CudaTest.Settings with { IsSynchronous = true }))
        {
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            for (int i = 0; i < 3; i++) gpu.Replay("key", () => CudaTest.Add(kernel, y, 1));
            Assert.Equal(3, driver.Calls.Count(call => call == nameof(ICudaDriver.StreamSynchronize)));
            Assert.DoesNotContain(nameof(ICudaDriver.CaptureBegin), driver.Calls);
            driver.Fail(nameof(ICudaDriver.StreamSynchronize), CudaResult.MisalignedAddress);
            string line = Assert.Throws<DeviceException>(() => CudaTest.Add(kernel, y, 1)).Message;
            Assert.Contains("after kernel CudaTest.AddingKernel", line, StringComparison.Ordinal);
        }

        Assert.Empty(driver.Leaks);
    }

    [Fact]
    public void The_host_runs_ahead_of_the_device_by_a_bounded_number_of_launches_and_can_be_cancelled()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            for (int i = 0; i < 1000; i++) CudaTest.Add(kernel, y, 1);
            Assert.Equal(1000 / 64 - 2, driver.Calls.Count(call => call == nameof(ICudaDriver.EventSynchronize)));
            Assert.DoesNotContain(nameof(ICudaDriver.StreamSynchronize), driver.Calls);
            gpu.Cancellation = new CancellationToken(canceled: true);
            Assert.Throws<OperationCanceledException>(() => CudaTest.Add(kernel, y, 1));
            Assert.Equal(1000, driver.Launches.Count);
        });
    }
}
