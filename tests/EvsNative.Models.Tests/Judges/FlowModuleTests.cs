using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>Modules of networks that find motion, against single tensors of the reference.</summary>
public sealed class FlowModuleTests
{
    private static readonly Shape X = new(2, 7, 9, 6);

    [Fact]
    public void A_transposed_convolution_is_the_references() => Check(
        "transposed convolution 4, stride 2, pad 1", (d, w, x) => new ConvTranspose2d(w, X.C, 4).Forward(d, x));

    [Fact]
    public void A_rectifier_with_slopes_is_the_references() => Check("prelu", (d, w, x) => new Prelu(w / "rectifier", X.C).Forward(d, x));

    [Fact]
    public void A_leaky_rectifier_is_the_references() => Check("leaky relu 0.1", (d, w, x) => Prelu.Of(w, X.C, 0.1f).Forward(d, x));

    [Fact]
    public void An_instance_norm_is_the_references() => Check("instance norm", (d, w, x) => new InstanceNorm(w, X.C, 1e-5f).Forward(d, x));

    [Fact]
    public void Room_behind_channels_changes_nothing_and_stays_empty()
    {
        const int In = 21, Out = 37;
        using var d = Device.Open();
        using var scope = d.Enter("module");
        var w = SmallNetworks.Weights(d);
        var x = Nchw.Input(d, "input.x", new Shape(2, 7, 9, In));
        var roomy = d.Upload(new float[2 * 7 * 9 * ChannelRoom.Of(In)], x.Shape with { C = ChannelRoom.Of(In) });
        d.Kernels.CopyChannels(roomy, 0, x, 0, In);
        var wanted = new Prelu(w / "rectifier", Out).Forward(d, new Conv2d(w / "conv", In, Out).Forward(d, x));
        var y = Prelu.Roomy(w / "rectifier", Out).Forward(d, Conv2d.Roomy(w / "conv", In, Out).Forward(d, roomy));
        Assert.Equal(48, y.Shape.C);
        float[][] pixels = [.. d.Download(y).Chunk(48)];
        Assert.All(pixels, pixel => Assert.All(pixel.Skip(Out), value => Assert.Equal(0, value)));
        float[] got = [.. pixels.SelectMany(pixel => pixel.Take(Out))];
        Assert.InRange(Relative.Error(got, [.. d.Download(wanted).Select(value => (double)value)]), 0, 1e-6);
    }

    private static void Check(string name, Func<Device, WeightSource, Tensor, Tensor> module)
    {
        using var d = Device.Open();
        using var scope = d.Enter("module");
        var x = Nchw.Input(d, "input.x", X);
        var y = module(d, new WeightStore(d, new CaseWeights()).Root, x);
        Assert.InRange(MetricGolden.Taps("operations")[name].Error(Nchw.From(d.Download(y), y.Shape)), 0, 2e-6);
    }

    /// <summary>What the reference's case gives to its operations.</summary>
    private sealed class CaseWeights : IWeightFile
    {
        public string Origin => "the case's inputs";

        public IReadOnlyCollection<string> Names => [];

        public long Count => 0;

        public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => wanted;

        public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
        {
            bool isSlope = name == "rectifier.weight";
            float[] drawn = isSlope
                ? [.. FormulaWeights.Input("input.slope", values.Length, 0.1).Select(value => (float)(0.25 + value))]
                : FormulaWeights.Input($"input.{name}", values.Length);
            drawn.CopyTo(values);
        }
    }
}
