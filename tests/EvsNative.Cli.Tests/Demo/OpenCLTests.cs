using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Demo;

/// <summary>The whole demo on OpenCL against the processor's frames, from the same seed.</summary>
public sealed class OpenCLTests(DemoRig processor) : IClassFixture<DemoRig>
{
    /// <summary>Later than the demo's own 12: more steps are more of the same passes, and this OpenCL runs on a processor.</summary>
    private const int ImageStart = 6;

    [Theory]
    [InlineData(TestDevices.OpenCL, 60)]
    [InlineData(TestDevices.OpenCLHalf, 40)]
    public void The_demo_on_OpenCL_gives_the_processors_frames(string device, double leastPsnr)
    {
        Assert.SkipWhen(TestDevices.Missing(device) is not null, $"no OpenCL: {TestDevices.Missing(device)}");
        using var rig = new DemoRig(device);
        double psnr = VideoMeasures.PsnrOf(Refined(rig), Refined(processor));
        Assert.True(psnr >= leastPsnr, $"{device}: {psnr:F1} dB from the processor's frames");
        TestContext.Current.TestOutputHelper?.WriteLine($"{device}: {psnr:F1} dB");
    }

    private static VideoFrames Refined(DemoRig rig)
    {
        using var scope = rig.Device.Enter("demo");
        return rig.Decode(rig.Run(rig.Config(EvsMode.Evs) with { ImageStart = ImageStart }));
    }
}
