using EvsNative.Kernels;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>DOVER at full size without arithmetic: its work, its memory, what GPUs of every maker are asked for.</summary>
public sealed class DoverDryRunTests
{
    private const double Giga = 1e9;

    private static readonly Shape Clip = new(DoverConfig.Frames, 224, 224, 3);

    /// <summary>The tokens of the first layer, the largest of all.</summary>
    private static readonly double TokenBytes = 16.0 * 56 * 56 * 96 * sizeof(float);

    public static TheoryData<string> Profiles => [.. GpuProfiles.All.Select(caps => caps.Name)];

    /// <summary>Of the aesthetic branch 5.6 are depthwise convolutions.</summary>
    [Fact]
    public void Work_of_a_clip()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true));
        var dover = new Dover(SmallNetworks.Weights(d), DoverConfig.Published);
        var x = d.Rent(Clip);
        dover.Technical(d, x);
        Assert.Equal(175.6, d.Counting!.TotalFlops / Giga, 0.06);
        d.Counting.Reset();
        dover.Aesthetic(d, x);
        Assert.Equal(145.3, d.Counting.TotalFlops / Giga, 0.06);
    }

    /// <summary>Tokens, the same behind their norm, q, k and v; and tokens, what the convolution sees, a group's hidden numbers.</summary>
    [Fact]
    public void Memory_is_that_of_one_clip_however_many_there_are()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var dover = new Dover(SmallNetworks.Weights(d), DoverConfig.Published);
        Tensor one = d.Allocate(Clip), three = d.Allocate(Clip with { N = 3 * Clip.N });
        dover.Technical(d, one);
        long technical = d.ScratchPeakBytes;
        dover.Technical(d, three);
        Assert.Equal(technical, d.ScratchPeakBytes);
        Assert.InRange(technical / TokenBytes, 5, 5.1);
        d.ResetPeak();
        dover.Aesthetic(d, one);
        Assert.InRange(d.ScratchPeakBytes / TokenBytes, 2.8, 3);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_clip_passes_within_the_limits_of_the_device(string name)
    {
        var profile = GpuProfiles.All.Single(caps => caps.Name == name);
        using var d = Device.Open(new DeviceOptions(Backend.Null, Profile: profile));
        var dover = new Dover(SmallNetworks.Weights(d), DoverConfig.Published);
        var x = d.Rent(Clip);
        dover.Technical(d, x);
        dover.Aesthetic(d, x);
        Assert.InRange(d.HeldBytes / (4 * 56.2e6), 1, 3);
    }
}
