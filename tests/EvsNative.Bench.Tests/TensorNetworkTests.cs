using EvsNative.Kernels;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Bench.Tests;

/// <summary>
/// A whole U-Net on tensor cores, its PTX run by the interpreter, against the processor. The goldens' small networks are no use here: their
/// heads of four channels are no whole 16 bytes, so portable kernels would take their attention, for minutes. They and the demo run through
/// bench/EvsNative.Rehearsal (bench/results/2026-11-30-goldens-interpreted.md).
/// </summary>
public sealed class TensorNetworkTests
{
    // As the goldens in 16 bits: some hundred roundings one behind the other.
    private const double Tolerance = 5e-3;
    private const int Words = 77;

    private static readonly UNetConfig Sizes = SmallNetworks.UNetSizes with
    {
        BlockOutChannels = [64, 64],
        DownHasAttention = [true, false],
        UpHasAttention = [false, true],
        LayersPerBlock = 1,
        Heads = 4,
    };

    [Theory]
    [InlineData(80, 2, "ProductTensor_Halves_", "StreamingAttention_", "TextAttention_", "FrameAttention_")]
    [InlineData(75, 0, "ProductTensor_HalvesTuring_", "StreamingAttention_Turing")]
    public void A_network_is_the_same_on_tensor_cores(int sm, int frames, params string[] kernels)
    {
        using var cpu = Device.Open(new DeviceOptions(Threads: 1));
        using var driver = new InterpretedCudaDriver { Sm = sm, Version = 12040 };
        using (var d = Device.On(
            CudaGpu.Open(driver, 0, new CudaSettings(new KernelCache(null))),
            new DeviceOptions(Backend.Cuda, Precision: ElementType.Float16), isGuarded: true))
        {
            float[] wanted = Forward(cpu, frames), got = Forward(d, frames);
            Assert.InRange(Relative.Error(got, Array.ConvertAll(wanted, value => (double)value)), 1e-9, Tolerance);
        }

        Assert.All(kernels, kernel =>
            Assert.Contains(driver.Launches, launch => launch.Function.StartsWith(kernel, StringComparison.Ordinal)));
        Assert.Empty(driver.Leaks);
    }

    /// <summary>A pass over frames, with motion modules between them, or over one image.</summary>
    private static float[] Forward(Device d, int frames)
    {
        using var scope = d.Enter("network");
        var motion = frames > 0 ? SmallNetworks.MotionSizes with { BlockOutChannels = [64, 64], LayersPerBlock = 1 } : null;
        var network = new UNet(SmallNetworks.UNetWeights(d), Sizes, motion);
        var latents = new Shape(Math.Max(frames, 1), 12, 12, 4);
        var text = new Shape(latents.N, 1, Words, Sizes.CrossAttentionDim);
        return d.Download(network.Forward(d, d.Upload(FormulaWeights.Input("input.sample", latents.Count), latents), new Conditioning
        {
            Timestep = 481,
            Text = d.Upload(FormulaWeights.Input("input.contexts", text.Count), text),
            Frames = frames,
        }));
    }
}
