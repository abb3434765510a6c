using System.Runtime.InteropServices;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Norm;
using EvsNative.Kernels.OpenCL;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Gpu;

/// <summary>Norms in the tiles of GPUs, which plans for a processor do not choose.</summary>
public sealed class NormPortableTests
{
    [Theory]
    [InlineData(1, 700, 9, 40, 0, 8)]
    [InlineData(70, 1, 2, 40, 0, 8)]
    [InlineData(2, 20, 31, 64, 33, 97)]
    [InlineData(3, 7, 5, 60, 36, 8)]
    [InlineData(1, 9, 9, 320, 320, 1)]
    public void Group_norms_planned_for_a_GPU_are_what_the_definition_says(int n, int h, int w, int channels, int channels2, int groups)
    {
        using var gpu = Open();
        using var scratch = new Scratch(gpu.Allocate);
        var draw = new Draw(n + h);
        var x = Values.Normal(draw, new Shape(n, h, w, channels), 1, 100);
        var x2 = channels2 > 0 ? Values.Normal(draw, x.Shape with { C = channels2 }, 1, 100) : null;
        var shape = x.Shape with { C = channels + channels2 };
        Values weight = Values.Normal(draw, Shape.Vector(shape.C)), bias = Values.Normal(draw, Shape.Vector(shape.C));
        var y = scratch.Rent(shape, ElementType.Float32);
        Tensor? more = x2 is null ? null : Upload(gpu, scratch, x2);
        var call = new GroupNormCall(
            y, Upload(gpu, scratch, x), more, Upload(gpu, scratch, weight), Upload(gpu, scratch, bias), groups, 1e-5f, Activation.Silu);
        new GroupNormPortable(gpu, scratch, GpuProfiles.Turing).Run(call);
        Check(gpu, y, Norms.Group(x, x2, weight, bias, groups, 1e-5f, Activation.Silu));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(200)]
    [InlineData(320)]
    [InlineData(640)]
    [InlineData(1280)]
    [InlineData(2500)]
    public void Layer_norms_planned_for_a_GPU_are_what_the_definition_says(int channels)
    {
        using var gpu = Open();
        using var scratch = new Scratch(gpu.Allocate);
        var draw = new Draw(channels);
        Values x = Values.Normal(draw, new Shape(3, 7, 5, channels), 1, 100), perImage = Values.Normal(draw, new Shape(2, 1, 1, channels));
        Values weight = Values.Normal(draw, Shape.Vector(channels)), bias = Values.Normal(draw, Shape.Vector(channels));
        var y = Upload(gpu, scratch, x);
        new LayerNormPortable(gpu, GpuProfiles.Turing)
            .Run(new LayerNormCall(y, y, Upload(gpu, scratch, weight), Upload(gpu, scratch, bias), 1e-5f, Upload(gpu, scratch, perImage)));
        Check(gpu, y, Norms.Layer(x, weight, bias, 1e-5f, perImage));
    }

    private static OpenCLGpu Open()
    {
        Assert.SkipWhen(OpenCLDevice.Problem is not null, $"no OpenCL here: {OpenCLDevice.Problem}");
        return OpenCLGpu.Open(0);
    }

    private static Tensor Upload(GpuRuntime gpu, Scratch scratch, Values values)
    {
        var tensor = scratch.Rent(values.Shape, ElementType.Float32);
        gpu.Write((GpuBuffer)tensor.Buffer, tensor.Offset * sizeof(float), MemoryMarshal.AsBytes<float>(values.Data));
        return tensor;
    }

    private static void Check(GpuRuntime gpu, Tensor y, double[] wanted)
    {
        float[] got = new float[y.Shape.Count];
        gpu.Read((GpuBuffer)y.Buffer, y.Offset * sizeof(float), MemoryMarshal.AsBytes(got.AsSpan()));
        double error = Relative.Error(got, wanted);
        Assert.True(error <= OpenCLDevice.Tolerance, $"error {error:e2}");
    }
}
