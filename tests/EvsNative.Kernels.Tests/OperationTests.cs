using EvsNative.Kernels.Backends;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>An operation is whole: every device does it, a definition holds it, and a dry run of it can be stopped.</summary>
public sealed class OperationTests
{
    private static readonly Type[] Calls =
        [.. typeof(IKernelCall).Assembly.GetTypes().Where(type => type.IsValueType && type.IsAssignableTo(typeof(IKernelCall)))];

    [Fact]
    public void Every_device_does_every_operation()
    {
        Assert.True(Calls.Length >= 16, $"{Calls.Length} calls");
        using var scratch = new Scratch(bytes => new NullBuffer(bytes));
        using var workers = new CpuWorkers(1, isDry: true);
        foreach (int bits in (int[])[128, 256, 512])
        {
            using var table = CpuOperations.Table(bits, workers, scratch);
            Assert.Equal(Names(Calls), Names(table.Calls));
        }

        foreach (var profile in GpuProfiles.All)
        {
            using var gpu = new DryGpu(profile);
            using var table = GpuOperations.Table(gpu, scratch);
            Assert.Equal(Names(Calls), Names(table.Calls));
        }
    }

    [Fact]
    public void Every_operation_is_held_to_its_definition()
    {
        Assert.Equal(Names(Calls), Names(SelfTest.Rows.Select(row => row.Call)));
        Assert.Equal(SelfTest.Rows.Count, SelfTest.Rows.Select(row => row.Name).Distinct().Count());
        Assert.All(SelfTest.Rows, row => Assert.Equal($"{row.Name.Split(',')[0]}Call", row.Call.Name));
    }

    [Fact]
    public void What_a_table_does_not_hold_is_named()
    {
        using var gpu = new DryGpu(GpuProfiles.Ada);
        using var table = new OperationTable(new Gemm.FilterPackingPortable(gpu));
        var x = new Tensor(gpu.Allocate(16), 0, Shape.Vector(4), ElementType.Float32);
        var refused = Assert.Throws<DeviceException>(() => table.Copy(x, x));
        Assert.StartsWith("Copy: this device has no such operation", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_operation_of_a_dry_run_asks_whether_to_stop()
    {
        foreach (var profile in (GpuCaps?[])[null, .. GpuProfiles.All])
        {
            using var d = Device.Open(new DeviceOptions(Backend.Null, Profile: profile));
            using var scope = d.Enter("test");
            var operations = EveryOperation.Of(d);
            operations.ForEach(operation => operation.Run());
            using var cancel = new CancellationTokenSource();
            d.Cancellation = cancel.Token;
            cancel.Cancel();
            foreach (var (name, run, _) in operations)
                Assert.True(Record.Exception(run) is OperationCanceledException, $"{name} on {d.Description}");
            Assert.ThrowsAny<OperationCanceledException>(() => d.Pack(new FilterShape(8, 8), []));
        }
    }

    private static string[] Names(IEnumerable<Type> calls) => [.. calls.Select(call => call.Name).Distinct().Order()];
}
