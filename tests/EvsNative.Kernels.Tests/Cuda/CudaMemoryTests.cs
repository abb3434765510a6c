using EvsNative.Kernels.Cuda;

namespace EvsNative.Kernels.Tests.Cuda;

public sealed class CudaMemoryTests
{
    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 2)]
    public void A_device_without_room_says_how_much_is_needed_and_free(bool hasPools, int asked)
    {
        var driver = new FakeCudaDriver { HasPools = hasPools, TotalBytes = 2_000_000_000 };
        CudaTest.Balanced(driver, gpu =>
        {
            gpu.Path = () => "unet.mid";
            gpu.Allocate(1_250_000_000);
            var e = Assert.Throws<DeviceMemoryException>(() => gpu.Allocate(1_000_000_000));
            Assert.Equal("Fake sm_90: 1.00 GB more are needed, 0.75 of 2.00 GB are free at unet.mid", e.Message);
            gpu.Allocate(500_000_000);
        });
        string function = hasPools ? nameof(ICudaDriver.MemoryAllocateAsync) : nameof(ICudaDriver.MemoryAllocate);
        Assert.Equal(asked + 1, driver.Calls.Count(call => call == function));
    }

    [Fact]
    public void What_lies_unused_in_the_pool_is_free_and_serves_a_larger_request()
    {
        var driver = new FakeCudaDriver { TotalBytes = 1000 };
        CudaTest.Balanced(driver, gpu =>
        {
            Assert.Equal(ulong.MaxValue, driver.Threshold);
            var first = gpu.Allocate(400);
            var second = gpu.Allocate(400);
            Assert.Equal(200, gpu.FreeBytes);
            first.Dispose();
            second.Dispose();
            Assert.Equal(1000, gpu.FreeBytes);
            gpu.Allocate(900);
            Assert.Equal(100, gpu.FreeBytes);
        });
        Assert.Contains(nameof(ICudaDriver.PoolTrim), driver.Calls);
    }

    [Fact]
    public void What_a_run_takes_beside_its_tensors_is_not_free_for_them()
    {
        foreach (long bytes in (long[])[1L << 30, 100 << 20])
        {
            using var d = CudaTest.Device(new FakeCudaDriver { TotalBytes = bytes });
            Assert.Equal(Math.Max(0, bytes - (256 << 20)), d.FreeBytes);
        }
    }

    [Fact]
    public void A_device_whose_driver_has_no_pool_uses_plain_memory()
    {
        var driver = new FakeCudaDriver();
        driver.Fail(nameof(ICudaDriver.DefaultPool), CudaResult.NotSupported);
        CudaTest.Balanced(driver, gpu => gpu.Allocate(100));
        Assert.Contains(nameof(ICudaDriver.MemoryAllocate), driver.Calls);
    }

    [Theory]
    [InlineData(nameof(CudaResult.OutOfMemory))]
    [InlineData(nameof(CudaResult.NotSupported))]
    [InlineData(nameof(CudaResult.InvalidValue))]
    public void A_pool_that_gives_nothing_is_done_without(string name)
    {
        var driver = new FakeCudaDriver { TotalBytes = 1000 };
        driver.Fail(nameof(ICudaDriver.MemoryAllocateAsync), Enum.Parse<CudaResult>(name));
        CudaTest.Balanced(driver, gpu =>
        {
            gpu.Allocate(400).Dispose();
            Assert.Equal(1000, gpu.FreeBytes);
            gpu.Allocate(900);
            Assert.Equal(100, gpu.FreeBytes);
        });
        Assert.Single(driver.Calls, nameof(ICudaDriver.MemoryAllocateAsync));
        Assert.Equal(2, driver.Calls.Count(call => call == nameof(ICudaDriver.MemoryAllocate)));
        Assert.DoesNotContain(nameof(ICudaDriver.PoolTrim), driver.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Values_of_every_size_arrive_and_the_host_may_change_its_own_at_once(bool canLock)
    {
        var driver = new FakeCudaDriver();
        if (!canLock) driver.Fail(nameof(ICudaDriver.HostAllocate), CudaResult.OutOfMemory);
        CudaTest.Balanced(driver, gpu =>
        {
            const int Half = CudaStaging.HalfBytes;
            int[] sizes = [1, 255, 256, 257, Half - 300, Half, Half + 1, (3 * Half) + 12345, 7];
            var buffer = gpu.Allocate(sizes.Sum());
            byte[] sent = new byte[sizes.Sum()], host = new byte[sizes.Max()], got = new byte[sent.Length];
            new Random(1).NextBytes(sent);
            int at = 0;
            foreach (int size in sizes)
            {
                sent.AsSpan(at, size).CopyTo(host);
                gpu.Write(buffer, at, host.AsSpan(0, size));
                host.AsSpan().Clear();
                at += size;
            }

            gpu.Read(buffer, 0, got);
            Assert.True(sent.AsSpan().SequenceEqual(got));
        });
    }

    [Fact]
    public void Small_values_are_sent_without_waiting_for_the_device()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var buffer = gpu.Allocate(4096);
            for (int i = 0; i < 1000; i++) gpu.Write(buffer, 0, new byte[4096]);
            Assert.DoesNotContain(nameof(ICudaDriver.StreamSynchronize), driver.Calls);
            Assert.DoesNotContain(nameof(ICudaDriver.EventSynchronize), driver.Calls);
            Assert.Single(driver.Calls, nameof(ICudaDriver.HostAllocate));
        });
    }

    [Fact]
    public void Filling_sets_the_bytes_it_is_told_and_accesses_outside_a_buffer_are_refused()
    {
        CudaTest.Balanced(new FakeCudaDriver(), gpu =>
        {
            var buffer = gpu.Allocate(6);
            gpu.Fill(buffer, 0, 6, 1);
            gpu.Fill(buffer, 2, 3, 9);
            gpu.Fill(buffer, 6, 0, 7);
            byte[] got = new byte[6];
            gpu.Read(buffer, 0, got);
            Assert.Equal([1, 1, 9, 9, 9, 1], got);
            Assert.Throws<ArgumentOutOfRangeException>(() => gpu.Fill(buffer, 4, 3, 0));
            Assert.Throws<ArgumentOutOfRangeException>(() => gpu.Write(buffer, -1, [1]));
            Assert.Throws<ArgumentOutOfRangeException>(() => gpu.Read(buffer, 6, got));
        });
    }

    [Fact]
    public void An_upload_that_fails_anywhere_is_a_line_and_the_next_one_works()
    {
        string[] functions =
            [nameof(ICudaDriver.HostAllocate), nameof(ICudaDriver.CopyToDevice), nameof(ICudaDriver.EventRecord),
                nameof(ICudaDriver.EventSynchronize)];
        foreach (string function in functions)
        {
            var driver = new FakeCudaDriver();
            CudaTest.Balanced(driver, gpu =>
            {
                byte[] values = new byte[4 * CudaStaging.HalfBytes], got = new byte[values.Length];
                new Random(2).NextBytes(values);
                var buffer = gpu.Allocate(values.Length);
                driver.Fail(function, CudaResult.InvalidValue);
                Assert.Throws<DeviceException>(() => gpu.Write(buffer, 0, values));
                gpu.Write(buffer, 0, values);
                gpu.Read(buffer, 0, got);
                Assert.True(values.AsSpan().SequenceEqual(got), function);
            });
        }
    }
}
