using EvsNative.Kernels;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>Both branches of DOVER against the reference, layer by layer.</summary>
[Collection(nameof(OpenDevices))]
public sealed class DoverGoldenTests(OpenDevices devices)
{
    /// <summary>About four times the largest error seen; the references are float64.</summary>
    private const double Tolerance = 4e-6, FullTolerance = 8e-6;

    /// <summary>The odd size pads patches, windows and the merging of tokens.</summary>
    [Theory]
    [InlineData(TestDevices.Cpu, "dover small, technical", 2, 32, 224, 224)]
    [InlineData(TestDevices.Cpu, "dover small, technical, odd size", 1, 9, 130, 150)]
    [InlineData(TestDevices.OpenCL, "dover small, technical", 2, 32, 224, 224)]
    [InlineData(TestDevices.OpenCL, "dover small, technical, odd size", 1, 9, 130, 150)]
    public void Small_technical_branch_equals_the_reference(string device, string name, int clips, int frames, int height, int width) =>
        CheckTechnical(
            devices.Get(device).Device, SmallDover.Sizes, name, clips, frames, new Shape(1, height, width, 3), Tolerance);

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void Small_aesthetic_branch_equals_the_reference(string device) =>
        CheckAesthetic(devices.Get(device).Device, SmallDover.Sizes, "dover small, aesthetic", new Shape(1, 64, 96, 3), Tolerance);

    [Fact]
    public void Full_network_equals_the_reference()
    {
        using var d = Device.Open();
        CheckTechnical(d, DoverConfig.Published, "dover, technical", 1, 32, new Shape(1, 224, 224, 3), FullTolerance);
        CheckAesthetic(d, DoverConfig.Published, "dover, aesthetic", new Shape(1, 224, 224, 3), FullTolerance);
    }

    private static void CheckTechnical(Device d, DoverConfig sizes, string name, int clips, int frames, Shape frame, double tolerance)
    {
        using var scope = d.Enter(name);
        var dover = new Dover(SmallNetworks.Weights(d), sizes);
        var x = Nchw.Videos(d, "input.technical", clips, frames, frame);
        var got = new ClipFeatures(d);
        for (int i = 0; i < clips; i++)
        {
            using var clip = d.Enter(name);
            got.Observe("technical_head", dover.TechnicalPlaces(d, x.Images(i * frames, frames), got));
        }

        var goldens = Golden.Case(name, file: "metrics_goldens.json");
        Assert.Equal(6, goldens.Count);
        Assert.Equal(6, got.Count);
        foreach (var (tap, golden) in goldens)
        {
            string own = tap == "technical_head" ? tap : $"technical_backbone.{tap}";
            Assert.InRange(golden.Error(got[own].Values), 0, tolerance);
        }
    }

    private static void CheckAesthetic(Device d, DoverConfig sizes, string name, Shape frame, double tolerance)
    {
        using var scope = d.Enter(name);
        var dover = new Dover(SmallNetworks.Weights(d), sizes);
        var got = new ClipFeatures(d);
        got.Observe("aesthetic_head", dover.AestheticPlaces(d, Nchw.Videos(d, "input.aesthetic", 1, 32, frame), got));

        var goldens = Golden.Case(name, file: "metrics_goldens.json");
        Assert.Equal(5, goldens.Count);
        Assert.Equal(5, got.Count);
        foreach (var (tap, golden) in goldens)
        {
            // The reference has its channels in front of frames and pixels.
            var (channels, values) = got[tap == "aesthetic_head" ? tap : $"aesthetic_backbone.{tap}"];
            Assert.InRange(golden.Error(Nchw.Exchange(values, 1, values.Length / channels, channels)), 0, tolerance);
        }
    }
}
