using EvsNative.Kernels.Cuda;

namespace EvsNative.Kernels.Tests.Cuda;

public sealed class CudaGraphTests
{
    [Fact]
    public void A_body_runs_is_recorded_and_is_then_replayed_with_the_same_launches()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(256);
            int runs = 0;
            for (int pass = 0; pass < 5; pass++)
            {
                driver.Launches.Clear();
                gpu.Replay("body", () =>
                {
                    runs++;
                    gpu.Fill(y, 0, 256, 0x11);
                    for (int i = 1; i < 200; i++) CudaTest.Add(kernel, y, i, i);
                });
                string[] wanted = [.. Enumerable.Range(1, 199).Select(i => $"{(i + 63) / 64} groups add {(float)i}")];
                Assert.Equal(wanted,
                    driver.Launches.Select(launch => $"{launch.Shape.Groups.X} groups add {BitConverter.ToSingle(launch.Arguments, 24)}"));
                byte[] got = new byte[256];
                gpu.Read(y, 0, got);
                Assert.All(got, value => Assert.Equal(0x11, value));
                gpu.Write(y, 0, new byte[256]);
            }

            Assert.Equal(2, runs);
            Assert.Equal(4, driver.Calls.Count(call => call == nameof(ICudaDriver.GraphLaunch)));
        });
    }

    [Fact]
    public void A_device_that_counts_runs_its_bodies_so_that_every_operation_is_counted()
    {
        var driver = new FakeCudaDriver();
        using var d = Device.On(CudaTest.Open(driver), new DeviceOptions(Backend.Cuda, Counts: true));
        using var scope = d.Enter("test");
        var y = d.Rent(Shape.Vector(100));
        List<long> totals = [];
        for (int pass = 1; pass <= 4; pass++)
        {
            d.Replay("body", () => d.Kernels.Combine(y, 2, y));
            totals.Add(d.Counting!.TotalBytes / pass);
        }

        Assert.True(totals[0] > 0);
        Assert.Single(totals.Distinct());
        Assert.DoesNotContain(nameof(ICudaDriver.GraphLaunch), driver.Calls);
    }

    [Fact]
    public void Equal_keys_are_one_body_and_a_body_in_a_body_is_part_of_it()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            for (int pass = 0; pass < 4; pass++)
            {
                gpu.Replay(("step", 1), () =>
                {
                    CudaTest.Add(kernel, y, 1);
                    gpu.Replay(("inner", 1), () => CudaTest.Add(kernel, y, 2));
                });
            }

            Assert.Equal(8, driver.Launches.Count);
            Assert.Equal(4, driver.Calls.Count(call => call == nameof(ICudaDriver.Launch)));
            Assert.Single(driver.Calls, nameof(ICudaDriver.CaptureBegin));
        });
    }

    [Fact]
    public void What_cannot_be_recorded_runs_as_it_is_and_is_not_tried_again()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            var late = gpu.Allocate(64);
            (string Name, Action Work)[] culprits =
            [
                ("writes", () => gpu.Write(y, 0, [1])),
                ("reads", () => gpu.Read(y, 0, new byte[1])),
                ("allocates", () => gpu.Allocate(10).Dispose()),
                ("waits", gpu.Synchronize),
                ("loads", () => CudaTest.LoadAdd(gpu)),
            ];
            foreach (var (name, work) in culprits)
            {
                driver.Launches.Clear();
                int captures = Captures();
                for (int pass = 0; pass < 4; pass++)
                {
                    gpu.Replay(name, () =>
                    {
                        CudaTest.Add(kernel, y, 1);
                        work();
                        CudaTest.Add(kernel, y, 2);
                    });
                }

                Assert.True(driver.Launches.Count == 8, $"what {name} makes {driver.Launches.Count} launches");
                Assert.Equal(captures + 1, Captures());
            }

            int freed = 0;
            for (int pass = 0; pass < 3; pass++)
            {
                gpu.Replay("frees", () =>
                {
                    CudaTest.Add(kernel, y, 1);
                    if (freed++ == 1) late.Dispose();
                });
            }

            Assert.Equal(4, freed);
        });

        int Captures() => driver.Calls.Count(call => call == nameof(ICudaDriver.CaptureBegin));
    }

    [Theory]
    [InlineData(nameof(ICudaDriver.CaptureBegin))]
    [InlineData(nameof(ICudaDriver.CaptureEnd))]
    [InlineData(nameof(ICudaDriver.GraphInstantiate))]
    public void A_driver_that_cannot_record_changes_nothing(string function)
    {
        var driver = new FakeCudaDriver();
        driver.Fail(function, CudaResult.NotSupported);
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            for (int pass = 0; pass < 4; pass++) gpu.Replay("key", () => CudaTest.Add(kernel, y, 1));
            Assert.Equal(4, driver.Launches.Count);
            Assert.DoesNotContain(nameof(ICudaDriver.GraphLaunch), driver.Calls);
        });
    }

    [Fact]
    public void A_launch_that_fails_while_it_is_recorded_is_tried_again_as_it_is()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            gpu.Replay("key", () => CudaTest.Add(kernel, y, 1));
            driver.Fail(nameof(ICudaDriver.Launch), CudaResult.CaptureInvalidated);
            gpu.Replay("key", () => CudaTest.Add(kernel, y, 1));
            Assert.Equal(2, driver.Launches.Count);
        });
    }

    [Fact]
    public void Cancelling_ends_a_recording_and_the_next_one_works()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            gpu.Replay("key", () => CudaTest.Add(kernel, y, 1));
            Assert.Throws<OperationCanceledException>(() => gpu.Replay("key", () =>
            {
                gpu.Cancellation = new CancellationToken(canceled: true);
                CudaTest.Add(kernel, y, 1);
            }));
            gpu.Cancellation = default;
            for (int pass = 0; pass < 2; pass++) gpu.Replay("key", () => CudaTest.Add(kernel, y, 1));
            Assert.Equal(3, driver.Launches.Count);
            Assert.Equal(2, driver.Calls.Count(call => call == nameof(ICudaDriver.GraphLaunch)));
        });
    }

    [Fact]
    public void Records_are_made_anew_when_memory_was_given_back()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = CudaTest.LoadAdd(gpu);
            for (int pass = 0; pass < 12; pass++)
            {
                using var y = gpu.Allocate(64);
                for (int again = 0; again < 2; again++) gpu.Replay("key", () => CudaTest.Add(kernel, y, 1));
                Assert.All(driver.Launches.TakeLast(2), launch => Assert.Equal(y.Address, (nint)BitConverter.ToInt64(launch.Arguments)));
            }

            Assert.InRange(driver.Calls.Count(call => call == nameof(ICudaDriver.CaptureBegin)), 2, 4);
        });
    }

    [Fact]
    public void The_least_recently_used_record_is_given_up()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            for (int key = 0; key < 3 * CudaGraphs.Most; key++)
            {
                for (int pass = 0; pass < 2; pass++) gpu.Replay(key, () => CudaTest.Add(kernel, y, 1));
                gpu.Replay(0, () => CudaTest.Add(kernel, y, 1));
                Assert.InRange(driver.Leaks.Count(kind => kind == "executable graph"), 1, CudaGraphs.Most);
            }

            int launches = driver.Calls.Count(call => call == nameof(ICudaDriver.Launch));
            gpu.Replay(0, () => Assert.Fail("the record in use was given up"));
            gpu.Replay(1, () => CudaTest.Add(kernel, y, 1));
            Assert.Equal(launches + 1, driver.Calls.Count(call => call == nameof(ICudaDriver.Launch)));
        });
    }

    [Fact]
    public void An_error_in_a_record_names_the_kind_of_its_key_and_not_its_fields()
    {
        var driver = new FakeCudaDriver();
        CudaTest.Balanced(driver, gpu =>
        {
            var kernel = CudaTest.LoadAdd(gpu);
            var y = gpu.Allocate(64);
            var key = (new string('x', 1000), 2);
            for (int pass = 0; pass < 2; pass++) gpu.Replay(key, () => CudaTest.Add(kernel, y, 1));
            driver.Fail(nameof(ICudaDriver.GraphLaunch), CudaResult.InvalidValue);
            var e = Assert.Throws<DeviceException>(() => gpu.Replay(key, () => CudaTest.Add(kernel, y, 1)));
            Assert.Contains("of record ValueTuple", e.Message, StringComparison.Ordinal);
            Assert.InRange(e.Message.Length, 1, 200);
        });
    }
}
