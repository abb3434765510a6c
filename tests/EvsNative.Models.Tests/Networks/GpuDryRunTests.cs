using EvsNative.Kernels;
using EvsNative.Models.Evs;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>
/// Whole runs at full size on GPUs of every generation and maker, without one: every launch is held to the device's limits, memory is
/// counted.
/// </summary>
public sealed class GpuDryRunTests
{
    private const long GiB = 1L << 30;

    public static TheoryData<string> Profiles => [.. GpuProfiles.All.Select(caps => caps.Name)];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_clip_of_512_passes_through_all_stages_within_the_limits_of_the_device(string name)
    {
        long half = Run(name, ElementType.Float16, 512, 512), full = Run(name, ElementType.Float32, 512, 512);
        Assert.InRange(half, 4 * GiB, 12 * GiB);
        Assert.InRange(full, half + GiB, 16 * GiB);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void So_does_one_of_1024_by_640(string name) => Assert.InRange(Run(name, ElementType.Float16, 640, 1024), 4 * GiB, 20 * GiB);

    /// <summary>Weights and activations of a run of the method with feature injection.</summary>
    private static long Run(string name, ElementType precision, int height, int width)
    {
        var profile = GpuProfiles.All.Single(caps => caps.Name == name);
        using var d = Device.Open(new DeviceOptions(Backend.Null, Precision: precision, Profile: profile));
        using var parts = FormulaModels.Open("sd15");
        var pipeline = new EvsPipeline(EvsNetworks.Load(d, parts));
        var clip = new Shape(16, height, width, 3);
        var config = new EvsConfig { Sfi = new SfiConfig(SfiPreset.Deep), ImageStart = 2, Insertion = 1 };
        pipeline.Refine(d, (_, _) => { }, clip, (_, _) => { }, "a clip", config);
        return d.HeldBytes;
    }
}
