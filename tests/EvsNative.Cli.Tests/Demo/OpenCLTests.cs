using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Demo;

/// <summary>The demo's first frames on OpenCL against the processor's, from the same seed.</summary>
public sealed class OpenCLTests
{
    private const int Frames = 2, ImageStart = 4;

    /// <summary>
    /// From the image step after which the video is inserted, so that every stage has steps: a step takes seconds there, where a GPU is a
    /// processor's imitation. From the first, at 12, the tests would take minutes.
    /// </summary>
    [Theory]
    [InlineData(TestDevices.OpenCL, 60)]
    [InlineData(TestDevices.OpenCLHalf, 40)]
    public void The_demo_on_OpenCL_gives_the_processors_frames(string device, double leastPsnr)
    {
        Assert.SkipWhen(TestDevices.Missing(device) is not null, $"no OpenCL: {TestDevices.Missing(device)}");
        using DemoRig rig = new(device, Frames), processor = new(TestDevices.Cpu, Frames);
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
