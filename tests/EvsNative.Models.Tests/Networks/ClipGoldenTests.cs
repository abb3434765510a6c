using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>The text encoder against the reference.</summary>
[Collection(nameof(OpenDevices))]
public sealed class ClipGoldenTests(OpenDevices devices)
{
    /// <summary>Four times the largest error seen; the references are float32 too.</summary>
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void Small_text_encoder_equals_the_reference(string device) =>
        Check(devices.Get(device).Device, "clip small", SmallNetworks.ClipSizes);

    [Fact]
    public void Full_text_encoder_equals_the_reference()
    {
        using var d = Device.Open();
        Check(d, "clip sd15", ClipConfig.VitL);
    }

    internal static int[] Ids(ClipConfig config) => [.. Enumerable.Range(0, 77).Select(j => ((37 * j) + 5) % config.VocabularySize)];

    private static void Check(Device d, string name, ClipConfig sizes)
    {
        using var scope = d.Enter(name);
        var encoder = new ClipTextEncoder(SmallNetworks.Weights(d), sizes);
        var goldens = Golden.Case(name);
        Assert.Equal(2, goldens.Count);
        Assert.InRange(goldens["last_hidden_state"].Error(d.Download(encoder.Forward(d, Ids(sizes)))), 0, Tolerance);
        Assert.InRange(goldens["clip_skip 1"].Error(d.Download(encoder.Forward(d, Ids(sizes), clipSkip: 1))), 0, Tolerance);
    }
}
