using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>
/// The U-Net against the reference, block by block. A wrong weight name would give other weights, so names are checked too.
/// </summary>
[Collection(nameof(OpenDevices))]
public sealed class UNetGoldenTests(OpenDevices devices)
{
    /// <summary>Four times the largest error seen; the references are float32 too.</summary>
    private const double Tolerance = 2e-5;

    /// <summary>Activations in 16 bits, some hundred roundings one behind the other.</summary>
    private const double HalfTolerance = 5e-3;
    private const float Timestep = 481;

    [Theory]
    [InlineData(TestDevices.Cpu, "unet small", 16, 24)]
    [InlineData(TestDevices.Cpu, "unet small, odd size", 18, 22)]
    [InlineData(TestDevices.OpenCL, "unet small", 16, 24)]
    [InlineData(TestDevices.OpenCL, "unet small, odd size", 18, 22)]
    [InlineData(TestDevices.OpenCLHalf, "unet small", 16, 24)]
    [InlineData(TestDevices.OpenCLHalf, "unet small, odd size", 18, 22)]
    public void Small_image_model_equals_the_reference(string device, string name, int h, int w)
    {
        var (d, _) = devices.Get(device);
        CheckImageModel(d, new UNet(SmallNetworks.Weights(d), SmallNetworks.UNetSizes), name, h, w);
    }

    [Fact]
    public void Full_image_model_equals_the_reference()
    {
        using var d = Device.Open();
        CheckImageModel(d, new UNet(SmallNetworks.Weights(d), UNetConfig.Sd15), "unet sd15", 32, 40);
    }

    [Theory]
    [InlineData(TestDevices.Cpu, "norm across frames", true)]
    [InlineData(TestDevices.Cpu, "norm per frame", false)]
    [InlineData(TestDevices.OpenCL, "norm across frames", true)]
    [InlineData(TestDevices.OpenCL, "norm per frame", false)]
    [InlineData(TestDevices.OpenCLHalf, "norm across frames", true)]
    public void Small_video_model_equals_the_reference(string device, string part, bool normAcrossFrames)
    {
        var (d, network) = devices.Get(device);
        CheckVideoModel(d, network, "motion small", part, normAcrossFrames, videos: 2, frames: 5, new Shape(1, 16, 24, 4));
    }

    [Fact]
    public void Full_video_model_equals_the_reference()
    {
        using var d = Device.Open();
        var network = new UNet(SmallNetworks.Weights(d), UNetConfig.Sd15, MotionConfig.AnimateDiffV2);
        CheckVideoModel(d, network, "motion sd15", "norm across frames", true, videos: 1, frames: 6, new Shape(1, 16, 24, 4));
        CheckVideoModel(d, network, "motion sd15", "norm per frame", false, videos: 1, frames: 6, new Shape(1, 16, 24, 4));
    }

    private static void CheckImageModel(Device d, UNet network, string name, int h, int w)
    {
        using var scope = d.Enter(name);
        var latents = Nchw.Input(d, "input.sample", new Shape(1, h, w, 4));
        var prompt = new Shape(1, 1, 77, network.Config.CrossAttentionDim);
        var text = d.Upload(Layers.FormulaWeights.Input("input.context", prompt.Count), prompt);

        var goldens = Golden.Case(name);
        var got = new Features(d, goldens.Keys);
        network.Forward(d, latents, new Conditioning { Timestep = Timestep, Text = text, Tap = got });
        Compare(d, goldens, got);
    }

    private static void CheckVideoModel(
        Device d, UNet network, string name, string part, bool normAcrossFrames, int videos, int frames, Shape frame)
    {
        using var scope = d.Enter(name);
        var latents = Nchw.Videos(d, "input.video", videos, frames, frame);
        var text = Texts(d, videos, frames, network.Config.CrossAttentionDim);

        var goldens = Golden.Case(name, part);
        var got = new Features(d, goldens.Keys);
        var conditioning = new Conditioning
        {
            Timestep = Timestep,
            Text = text,
            Frames = frames,
            NormAcrossFrames = normAcrossFrames,
            Tap = got,
        };
        network.Forward(d, latents, conditioning);
        Compare(d, goldens, got);
    }

    /// <summary>One text for each video, repeated for its frames.</summary>
    internal static Tensor Texts(Device d, int videos, int frames, int channels)
    {
        int each = 77 * channels;
        float[] values = Layers.FormulaWeights.Input("input.contexts", videos * each);
        float[] repeated = [.. Enumerable.Range(0, videos * frames).SelectMany(n => values.AsSpan(n / frames * each, each).ToArray())];
        return d.Upload(repeated, new Shape(videos * frames, 1, 77, channels));
    }

    private static void Compare(Device d, IReadOnlyDictionary<string, Golden> goldens, Features got)
    {
        Assert.Equal(goldens.Count, got.Count);
        Assert.Equal(12, got.Count);
        double tolerance = d.Precision == ElementType.Float16 ? HalfTolerance : Tolerance;
        Assert.All(goldens, golden => Assert.InRange(golden.Value.Error(got[golden.Key]), 0, tolerance));
    }
}
