using System.Runtime.InteropServices;
using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

/// <summary>Tables of whole numbers that networks compute and files keep as well.</summary>
public sealed class ComputedTableTests : IDisposable
{
    private static readonly long[] Table = [5, 4, 3, 2, 1, 1L << 40];

    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Open(new DeviceOptions(Threads: 1));

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_same_table_is_passed_over()
    {
        using var file = Written("I64", "2,3", MemoryMarshal.AsBytes(Table.AsSpan()));
        var store = new WeightStore(_device, file);
        store.Root.Agrees("x", () => Table, 2, 3);
        store.Verify();
        Assert.Equal(file.Count, store.NumbersRead);
    }

    [Fact]
    public void A_file_without_it_is_complete()
    {
        var store = new WeightStore(_device, new FormulaWeights());
        store.Root.Agrees("x", () => throw new InvalidOperationException("asked for"), 2, 3);
        store.Verify();
    }

    [Theory]
    [InlineData("I64", "2,3", true, "of other numbers than the network's: x [2,3]")]
    [InlineData("F64", "2,3", false, "of other numbers than the network's: x [2,3]")]
    [InlineData("I64", "3,2", false, "of another shape: x wanted [2,3], found [3,2]")]
    public void Another_is_told(string type, string shape, bool isChanged, string line)
    {
        long[] stored = [.. Table];
        if (isChanged) stored[3]++;
        using var file = Written(type, shape, MemoryMarshal.AsBytes(stored.AsSpan()));
        var store = new WeightStore(_device, file);
        store.Root.Agrees("x", () => Table, 2, 3);
        var error = Assert.Throws<InputException>(store.Verify);
        Assert.Equal(InputCode.Mismatch, error.Code);
        Assert.Equal(line, Assert.Single(error.Details));
    }

    [Fact]
    public void A_dry_device_reads_none()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        using var file = Written("I64", "2,3", MemoryMarshal.AsBytes(Table.AsSpan()));
        var store = new WeightStore(d, file);
        store.Root.Agrees("x", () => throw new InvalidOperationException("asked for"), 2, 3);
        store.Verify();
    }

    private SafetensorsFile Written(string type, string shape, ReadOnlySpan<byte> data)
    {
        string path = _folder[$"{Guid.NewGuid():N}.safetensors"];
        File.WriteAllBytes(path, RawSafetensors.OneTensor(type, shape, data));
        return SafetensorsFile.Open(path);
    }
}
