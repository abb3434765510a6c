using EvsNative.Kernels;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>
/// AMT-S against the reference, part by part. A wrong weight name would give other weights, so names are checked too. The flows reach over
/// the pictures' edges.
/// </summary>
[Collection(nameof(OpenDevices))]
public sealed class AmtGoldenTests(OpenDevices devices)
{
    /// <summary>Of the frame, most of which is cut at 0 and 1.</summary>
    private const double OutputTolerance = 5e-5;

    /// <summary>What the network offers for each of the reference's tensors; of two, their channels follow one another.</summary>
    private static readonly IReadOnlyDictionary<string, string[]> Offered = new Dictionary<string, string[]>
    {
        ["feat_encoder"] = ["feat_encoder"],
        ["encoder.pyramid4"] = ["encoder.pyramid4"],
        ["decoder4"] = ["decoder4"],
        ["correlation at level 4"] = ["update4.second", "update4.first"],
        ["flow 4"] = ["update4"],
        ["flow 3"] = ["update3"],
        ["flow 2"] = ["update2"],
        ["decoder1"] = ["decoder1"],
        ["pictures"] = ["comb_block.pictures"],
        ["unclamped"] = ["comb_block"],
    };

    /// <summary>Tensors of both pictures, of which the reference keeps the first one's.</summary>
    private static readonly string[] OfBoth = ["feat_encoder", "encoder.pyramid4"];

    [Theory]
    [InlineData(TestDevices.Cpu, 128, 160)]
    [InlineData(TestDevices.Cpu, 144, 208)]
    [InlineData(TestDevices.OpenCL, 128, 160)]
    [InlineData(TestDevices.OpenCL, 144, 208)]
    public void Small_pictures_equal_the_reference(string device, int height, int width) =>
        Check(devices.Get(device).Device, height, width);

    [Theory]
    [InlineData(320, 512)]
    [InlineData(640, 1024)]
    public void Pictures_of_real_sizes_equal_the_reference(int height, int width)
    {
        using var d = Device.Open();
        Check(d, height, width);
    }

    private static void Check(Device d, int height, int width)
    {
        using var scope = d.Enter("amt");
        var network = new FrameInterpolator(SmallNetworks.Weights(d), AmtConfig.AmtS);
        var goldens = MetricGolden.Taps($"amt-s {height}x{width}");
        Assert.Equal(11, goldens.Count);

        var tap = new Features(d, Offered.Values.SelectMany(names => names));
        var shape = new Shape(1, height, width, 3);
        Tensor first = AmtPictures.First(d, shape), second = AmtPictures.Second(d, shape);
        float[] frame = d.Download(network.Forward(d, first, second, tap: tap));
        Assert.InRange(goldens["output"].Error(Nchw.From(frame, shape)), 0, OutputTolerance);
        foreach (var (name, offered) in Offered)
        {
            float[] got = [.. offered.SelectMany(part => tap[part])];
            if (OfBoth.Contains(name)) got = got[..(got.Length / 2)];
            double error = goldens[name].Error(got);
            Assert.True(error <= MetricGolden.Tolerance, $"{name}: error {error:e2}, at most {MetricGolden.Tolerance:e1} was expected");
        }
    }
}
