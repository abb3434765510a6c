using EvsNative.Kernels;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>DINO and SigLIP with the aesthetic head against the reference, layer by layer.</summary>
[Collection(nameof(OpenDevices))]
public sealed class VisionGoldenTests(OpenDevices devices)
{
    [Theory]
    [InlineData(TestDevices.Cpu, "dino small 224x224", 224)]
    [InlineData(TestDevices.Cpu, "dino small 224x358", 358)]
    [InlineData(TestDevices.OpenCL, "dino small 224x224", 224)]
    [InlineData(TestDevices.OpenCL, "dino small 224x358", 358)]
    public void Small_vision_transformer_equals_the_reference(string device, string name, int width) =>
        CheckDino(devices.Get(device).Device, name, SmallJudges.Dino, width);

    [Fact]
    public void Full_vision_transformer_equals_the_reference()
    {
        using var d = Device.Open();
        CheckDino(d, "dino b16 224x358", VisionTransformerConfig.B16, 358);
    }

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void Small_aesthetic_predictor_equals_the_reference(string device) =>
        CheckSiglip(devices.Get(device).Device, "siglip small", SmallJudges.Siglip);

    [Fact]
    public void Full_aesthetic_predictor_equals_the_reference()
    {
        using var d = Device.Open();
        CheckSiglip(d, "siglip so400m", SiglipConfig.So400m);
    }

    private static void CheckDino(Device d, string name, VisionTransformerConfig sizes, int width)
    {
        using var scope = d.Enter(name);
        var network = new VisionTransformer(SmallNetworks.Weights(d), sizes);
        var goldens = MetricGolden.Taps(name);
        Assert.Equal(4, goldens.Count);

        var got = new TokenTap(d);
        var picture = Nchw.Input(d, "input.image", new Shape(1, 224, width, 3));
        got.Observe("output", network.Forward(d, picture, tap: got));
        got.Observe("positions", d.Upload(
            network.Positions(d, 224 / sizes.Patch, width / sizes.Patch, width == 224),
            new Shape(1, 1, 1 + (224 / sizes.Patch * (width / sizes.Patch)), sizes.Dim)));
        Assert.All(goldens, golden => Assert.InRange(golden.Value.Error(got[golden.Key]), 0, MetricGolden.Tolerance));
    }

    private static void CheckSiglip(Device d, string name, SiglipConfig sizes)
    {
        using var scope = d.Enter(name);
        var w = SmallNetworks.Weights(d);
        var network = new AestheticPredictor(w, w, sizes);
        var goldens = MetricGolden.Taps(name);
        Assert.Equal(5, goldens.Count);

        var got = new TokenTap(d);
        var picture = Nchw.Input(d, "input.image", new Shape(1, sizes.Image, sizes.Image, 3));
        float[] score = network.Score(d, picture, got);
        Assert.InRange(goldens["output"].Error(score), 0, MetricGolden.Tolerance);
        Assert.All(
            goldens.Where(golden => golden.Key != "output"),
            golden => Assert.InRange(golden.Value.Error(got[golden.Key]), 0, MetricGolden.Tolerance));
    }
}
