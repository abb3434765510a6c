using System.Runtime.InteropServices;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.OpenCL;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Gpu;

/// <summary>What runs a kernel in a test.</summary>
public enum Runner
{
    /// <summary>The OpenCL device, which may be a processor.</summary>
    OpenCL,

    /// <summary>The CUDA backend, its PTX interpreted: small shapes only.</summary>
    Interpreter,
}

/// <summary>
/// A GPU on which single operations run, planned for another one than it is. Each tensor has memory of its own, of its exact size.
/// </summary>
internal sealed class KernelTrial : IDisposable
{
    private readonly InterpretedCudaDriver? _driver;

    public KernelTrial(Runner runner)
    {
        if (runner == Runner.OpenCL) Assert.SkipWhen(OpenCLDevice.Problem is not null, $"no OpenCL here: {OpenCLDevice.Problem}");
        _driver = runner == Runner.Interpreter ? new InterpretedCudaDriver() : null;
        Gpu = _driver is null ? OpenCLGpu.Open(0) : CudaTest.Open(_driver);
        Scratch = new Scratch(Gpu.Allocate, isGuarded: true);
    }

    /// <summary>A GPU that moves 16 bytes at once.</summary>
    public static GpuCaps Caps => GpuProfiles.Turing;

    public GpuRuntime Gpu { get; }

    public Scratch Scratch { get; }

    /// <summary>Numbers that a storage holds exactly.</summary>
    public static Values Stored(Values x, ElementType type) =>
        type == ElementType.Float32 ? x : new Values(x.Shape, [.. x.Data.Select(value => (float)(Half)value)]);

    /// <summary>A tensor of these numbers.</summary>
    /// <param name="x">the numbers</param>
    /// <param name="type">their storage</param>
    /// <param name="offset">elements that lie before it in its buffer</param>
    public Tensor Upload(Values x, ElementType type = ElementType.Float32, int offset = 0)
    {
        var y = Rent(x.Shape, type, offset);
        byte[] bytes = type == ElementType.Float32 ? MemoryMarshal.AsBytes<float>(x.Data).ToArray()
            : MemoryMarshal.AsBytes<Half>(x.Data.Select(value => (Half)value).ToArray()).ToArray();
        Gpu.Write((GpuBuffer)y.Buffer, y.Offset * type.Bytes(), bytes);
        return y;
    }

    /// <summary>A tensor of NaN.</summary>
    public Tensor Rent(Shape shape, ElementType type = ElementType.Float32, int offset = 0)
    {
        var all = Scratch.Rent(Shape.Vector(checked((int)shape.Count + offset)), type);
        Gpu.Fill((GpuBuffer)all.Buffer, 0, all.Bytes, 0xff);
        return new Tensor(all.Buffer, offset, shape, type);
    }

    public float[] Download(Tensor y)
    {
        byte[] bytes = new byte[y.Bytes];
        Gpu.Read((GpuBuffer)y.Buffer, y.Offset * y.Type.Bytes(), bytes);
        return y.Type == ElementType.Float32 ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
            : [.. MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(value => (float)value)];
    }

    public void Check(Tensor y, double[] wanted)
    {
        double error = Relative.Error(Download(y), wanted);
        double most = y.Type == ElementType.Float32 ? OpenCLDevice.Tolerance : OpenCLDevice.HalfTolerance;
        Assert.True(error <= most, $"{y}: error {error:e2}, at most {most:e1} was expected");
    }

    public void Dispose()
    {
        Scratch.Dispose();
        Gpu.Dispose();
        _driver?.Dispose();
    }
}
