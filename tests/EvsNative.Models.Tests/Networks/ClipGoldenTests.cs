using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>The text encoder against the reference.</summary>
public sealed class ClipGoldenTests
{
    /// <summary>Four times the largest error seen; the references are float32 too.</summary>
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void Small_text_encoder_equals_the_reference(string device) => Check(device, "clip small", SmallNetworks.ClipSizes);

    [Fact]
    public void Full_text_encoder_equals_the_reference() => Check(TestDevices.Cpu, "clip sd15", ClipConfig.VitL);

    internal static int[] Ids(ClipConfig config) => [.. Enumerable.Range(0, 77).Select(j => ((37 * j) + 5) % config.VocabularySize)];

    private static void Check(string device, string name, ClipConfig sizes)
    {
        Assert.SkipWhen(TestDevices.Missing(device) is not null, $"no OpenCL: {TestDevices.Missing(device)}");
        using var d = TestDevices.Open(device);
        var encoder = new ClipTextEncoder(SmallNetworks.Weights(d), sizes);
        var goldens = Golden.Case(name);
        Assert.Equal(2, goldens.Count);
        Assert.InRange(goldens["last_hidden_state"].Error(d.Download(encoder.Forward(d, Ids(sizes)))), 0, Tolerance);
        Assert.InRange(goldens["clip_skip 1"].Error(d.Download(encoder.Forward(d, Ids(sizes), clipSkip: 1))), 0, Tolerance);
    }
}
