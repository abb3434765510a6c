using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>AMT-S beside its numbers: what it reads, what it costs, what it refuses, what must hold of any weights.</summary>
public sealed class AmtTests
{
    private const int Tensors = 213;
    private const long Parameters = 2_990_543, MiB = 1 << 20;
    private const double Giga = 1e9;

    public static TheoryData<string> Profiles => [.. GpuProfiles.All.Select(caps => caps.Name)];

    [Fact]
    public void The_network_reads_213_tensors_and_no_other()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var asked = new ListedWeights();
        _ = new FrameInterpolator(new WeightStore(d, asked).Root, AmtConfig.AmtS);
        Assert.Equal(Tensors, asked.Asked.Count);
        Assert.Equal(Parameters, asked.Parameters);

        string[] names = [.. asked.Asked.Keys];
        var exact = new WeightStore(d, new ListedWeights(names));
        _ = new FrameInterpolator(exact.Root, AmtConfig.AmtS);
        exact.Verify();

        var other = new WeightStore(d, new ListedWeights([.. names[1..], "surplus.weight"]));
        _ = new FrameInterpolator(other.Root, AmtConfig.AmtS);
        var error = Assert.Throws<InputException>(other.Verify);
        Assert.Equal(InputCode.Mismatch, error.Code);
        Assert.Contains(error.Details, line => line.StartsWith($"missing: {names[0]} ", StringComparison.Ordinal));
        Assert.Contains(error.Details, line => line.StartsWith("left over: surplus.weight ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(112, 160)]
    [InlineData(160, 112)]
    [InlineData(128, 168)]
    [InlineData(136, 160)]
    public void Pictures_of_other_sizes_are_refused(int height, int width)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var network = new FrameInterpolator(SmallNetworks.Weights(d), AmtConfig.AmtS);
        var picture = d.Rent(new Shape(1, height, width, 3));
        var error = Assert.Throws<InputException>(() => network.Forward(d, picture, picture));
        Assert.Equal(InputCode.OutOfRange, error.Code);
        Assert.Contains($"{width} x {height}", error.Message, StringComparison.Ordinal);
        Assert.Contains("multiples of 16, 128 at least", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Convolutions are 128 of these, the transposed ones 28 with the zeros among their weights, and 11 is room.</summary>
    [Fact]
    public void Work_and_memory_of_a_pair_are_what_is_known()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true));
        long pair = Pass(d, new Shape(1, 640, 1024, 3));
        Assert.Equal(167, d.Counting!.ByOperation().Where(row => row.Operation is "Conv2d" or "Linear").Sum(row => row.Flops) / Giga, 1.0);
        Assert.InRange(pair, 200 * MiB, 300 * MiB);
    }

    [Fact]
    public void Memory_grows_linearly_with_the_pixels()
    {
        long Peak(int height, int width)
        {
            using var d = Device.Open(new DeviceOptions(Backend.Null));
            return Pass(d, new Shape(1, height, width, 3));
        }

        Assert.InRange((double)Peak(1280, 2048) / Peak(640, 1024), 3.5, 4.05);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_pair_passes_within_the_limits_of_every_GPU(string name)
    {
        var profile = GpuProfiles.All.Single(caps => caps.Name == name);
        using var d = Device.Open(new DeviceOptions(Backend.Null, Precision: ElementType.Float32, Profile: profile));
        Assert.InRange(Pass(d, new Shape(1, 640, 1024, 3)), 200 * MiB, 400 * MiB);
    }

    /// <summary>The network sees pictures without their mean colour, which comes back in the end.</summary>
    [Fact]
    public void Pictures_that_are_brighter_make_pictures_that_are_as_much_brighter()
    {
        const float More = 0.25f;
        using var d = Device.Open();
        using var scope = d.Enter("amt");
        var shape = new Shape(1, 128, 144, 3);
        var network = new FrameInterpolator(SmallNetworks.Weights(d), AmtConfig.AmtS);
        Tensor first = AmtPictures.First(d, shape), second = AmtPictures.Second(d, shape);
        float[] dark = Pictures(), bright = Pictures(More);
        Assert.InRange(Relative.Error(bright, [.. dark.Select(value => (double)value + More)]), 0, 2e-5);

        float[] Pictures(float more = 0)
        {
            var tap = new Features(d, ["comb_block.pictures"]);
            network.Forward(d, Brighter(first, more), Brighter(second, more), tap: tap);
            return tap["comb_block.pictures"];
        }

        Tensor Brighter(Tensor x, float more) => d.Upload([.. d.Download(x).Select(value => value + more)], shape);
    }

    [Fact]
    public void A_frame_is_within_0_and_1_and_what_was_within_before_is_not_changed()
    {
        using var d = Device.Open();
        using var scope = d.Enter("amt");
        var shape = new Shape(1, 128, 144, 3);
        var network = new FrameInterpolator(SmallNetworks.Weights(d), AmtConfig.AmtS);
        var tap = new Features(d, ["comb_block"]);
        var y = network.Forward(d, AmtPictures.First(d, shape), AmtPictures.Second(d, shape), tap: tap);
        float[] frame = Nchw.From(d.Download(y), shape);
        float[] before = tap["comb_block"];
        Assert.Contains(before, value => value < 0);
        Assert.Contains(before, value => value > 1);
        Assert.Contains(before, value => value is > 0 and < 1);
        Assert.Equal(before.Select(value => Math.Clamp(value, 0, 1)), frame);
    }

    /// <summary>The arena's peak of a pair, whose pictures and frame are not counted.</summary>
    private static long Pass(Device d, Shape shape)
    {
        var network = new FrameInterpolator(SmallNetworks.Weights(d), AmtConfig.AmtS);
        network.Forward(d, d.Allocate(shape), d.Allocate(shape), into: d.Allocate(shape));
        return d.ScratchPeakBytes;
    }
}
