using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Networks;

/// <summary>
/// Numbers of an independent reference (diffusers in float64, weights by formula) for the small networks: a second opinion on the
/// goldens, with features inside the blocks.
/// </summary>
public sealed class PrintedTableTests
{
    private const float Timestep = 481;

    private static readonly Dictionary<string, Row> ImageModel = new()
    {
        ["time_embedding"] = new(0.021240, 0.457540, 0.23742, 0.05621, 0.28238, -0.38019, 0.35025, 0.91746, 0.62413, -0.27558),
        ["conv_in"] = new(-0.011832, 0.982459, 0.55340, 0.43742, 0.57067, -0.93830, -1.28637, 0.50679, 0.43550, -0.21586),
        ["down_blocks.0"] = new(-0.142802, 2.198802, 0.11718, 1.12371, -0.00103, -0.59590, 0.82915, 1.53717, 1.12421, 0.47185),
        ["down_blocks.1"] = new(-0.003318, 2.863943, -1.58268, -0.64549, 3.00215, 4.27519, -0.43710, -1.82952, 2.99426, 4.06836),
        ["down_blocks.2"] = new(0.013259, 3.085376, 0.55271, -0.52909, 0.41706, 0.71833, -0.89286, -1.86325, -1.87020, 0.75297),
        ["down_blocks.3"] = new(0.040276, 3.145006, 0.61968, -0.14521, 0.07653, -0.07025, -0.57927, -2.45345, -2.35710, 0.64166),
        ["mid_block"] = new(0.116698, 3.553284, 0.71463, -2.87499, -0.08582, 1.43044, -0.26318, -1.84259, -5.50481, 2.11502),
        ["up_blocks.0"] = new(0.000180, 2.743463, -1.27189, -0.24191, -0.26957, -1.93137, -0.30563, 1.25945, 1.75368, 1.78170),
        ["up_blocks.1"] = new(-0.190449, 3.554205, 1.33538, -1.19044, -1.03943, -1.13676, -1.81865, 1.45577, 5.74419, 0.24974),
        ["up_blocks.2"] = new(-0.039757, 3.182790, 1.14360, -0.52225, -0.95596, -3.56117, -0.30189, -1.92550, 0.44233, -0.34542),
        ["up_blocks.3"] = new(0.071102, 2.659189, -2.45881, 1.74185, 2.83695, 0.55008, 0.23947, -1.97917, 3.54892, -0.62577),
        ["output"] = new(0.331641, 0.695944, -0.24030, -0.00976, 0.39544, 0.07002, 0.36944, -0.21192, 0.06149, 0.34195),
    };

    private static readonly Row DownResnet =
        new(-0.035796, 1.142976, 1.02480, 0.52417, 0.24013, -1.21021, -0.21790, 0.66954, -0.24085, 0.07156);

    private static readonly Row DownAttention =
        new(-0.002612, 1.675207, 1.23084, 0.92724, 0.23538, -2.36159, 0.93753, 2.38874, -0.50003, 0.26202);

    private static readonly Dictionary<string, Row> OddSize = new()
    {
        ["down_blocks.2"] = new(double.NaN, 3.014330),
        ["up_blocks.0"] = new(double.NaN, 2.943383, -1.75132, -1.21123, -0.89479, -4.99570, 1.14059, 2.13605, 4.83654, 1.37447),
        ["up_blocks.1"] = new(double.NaN, 3.261227),
        ["output"] = new(0.331181, 0.696373, -0.19089, -0.15244, -0.02767, 0.59949, -0.20702, 0.35310, 0.87970, 0.41743),
    };

    [Fact]
    public void Image_model()
    {
        using var d = Device.Open();
        var got = Image(d, 16, 24, ImageModel.Keys);
        Assert.All(ImageModel, row => row.Value.Check(got[row.Key]));
    }

    [Fact]
    public void Image_model_of_a_size_that_does_not_divide()
    {
        using var d = Device.Open();
        var got = Image(d, 18, 22, OddSize.Keys);
        Assert.All(OddSize, row => row.Value.Check(got[row.Key]));
    }

    [Fact]
    public void First_resnet_and_first_transformer()
    {
        using var d = Device.Open();
        var w = SmallNetworks.Weights(d);
        var temb = new TimeEmbedding(w / "time_embedding", 32, 128).Forward(d, Timestep);
        d.Kernels.Activate(temb, temb, Activation.Silu);
        var text = d.Upload(FormulaWeights.Input("input.context", 77 * 32), new Shape(1, 1, 77, 32));

        var x = new Conv2d(w / "conv_in", 4, 32).Forward(d, Nchw.Input(d, "input.sample", new Shape(1, 16, 24, 4)));
        x = new ResnetBlock(w / "down_blocks.0.resnets.0", 32, 32, 128, groups: 32, eps: 1e-5f).Forward(d, x, temb: temb);
        DownResnet.Check(Nchw.From(d.Download(x), x.Shape));
        x = new SpatialTransformer(w / "down_blocks.0.attentions.0", 32, heads: 8, textChannels: 32, groups: 32).Forward(d, x, text);
        DownAttention.Check(Nchw.From(d.Download(x), x.Shape));
    }

    [Fact]
    public void Autoencoder()
    {
        using var d = Device.Open();
        var w = SmallNetworks.Weights(d);
        var vae = new Vae(w, SmallNetworks.VaeSizes);
        var images = Nchw.Input(d, "input.image", new Shape(1, 48, 64, 3), 0.5 * Math.Sqrt(3));

        var x = new Conv2d(w / "encoder.conv_in", 3, 32).Forward(d, images);
        new Row(-0.003819, 0.488248, -0.13859, -0.12341, 0.50553, 0.40516, 0.15659, 0.31771, -0.03902, -0.10587)
            .Check(Nchw.From(d.Download(x), x.Shape));
        x = new VaeParts(w / "encoder", SmallNetworks.VaeSizes).DownBlock(0, 32, 32, isLast: false).Forward(d, x);
        new Row(-0.010005, 0.993927, 0.27999, -0.55897, -0.13671, -0.98484, -0.01978, 0.65918, -0.13148, 0.94883)
            .Check(Nchw.From(d.Download(x), x.Shape));

        var (mean, logVariance) = vae.Moments(d, images);
        new Row(0.068999, 0.492141, -0.03261, -0.01515, -0.22708, 0.50308, -0.09172, -0.33958, 0.97767, -0.19031)
            .Check(Nchw.From(d.Download(mean), mean.Shape));
        new Row(-0.062131, 0.524624, -0.48429, -0.30185, -0.58026, -0.28894, -0.35242, -0.04432, 0.00372, 0.12118)
            .Check(Nchw.From(d.Download(logVariance), mean.Shape));

        x = vae.Decode(d, Nchw.Input(d, "input.latent", mean.Shape, Math.Sqrt(3) * vae.Config.ScalingFactor));
        new Row(-0.070070, 0.534259, 0.28278, 0.27457, 0.21342, 0.20595, 0.00169, 0.12735, -0.04658, -0.18078)
            .Check(Nchw.From(d.Download(x), x.Shape));
    }

    [Fact]
    public void Video_model_with_the_norm_across_frames() => CheckVideoModel(
        normAcrossFrames: true,
        module: new(-0.133974, 2.567491, -4.01867, -4.83865, 2.43145, -3.66718, -2.64263, -1.97676, -4.03757, -2.95384),
        middle: new(-0.218626, 6.081070, -5.92178, 11.60390, 9.05544, 6.57752, -5.44953, 6.82385, 0.75496, 8.77053),
        output: new(0.319493, 0.696591, 0.17981, -0.01226, 0.36250, -0.22565, -0.68295, 0.89251, 0.55556, 0.25268));

    [Fact]
    public void Video_model_with_the_norm_of_each_frame() => CheckVideoModel(
        normAcrossFrames: false,
        module: new(-0.134843, 2.568157, -4.06065, -4.86103, 2.52553, -3.69284, -2.60643, -2.07451, -4.10427, -2.96473),
        middle: null,
        output: new(0.319695, 0.695633, 0.17364, -0.05207, 0.32287, -0.07965, -0.71258, 0.82223, 0.50800, 0.25783));

    [Theory]
    [InlineData(Activation.QuickGelu, 0, 0.018716, 1.000161,
        new[] { 0.48050, 0.73204, -1.24355, -1.02961, -0.75086, -0.05064, 0.60320, 0.16678 })]
    [InlineData(Activation.QuickGelu, 1, 0.015719, 0.995701,
        new[] { 0.03951, 0.70011, -0.48018, -1.81224, -0.03631, -0.02290, 0.49874, -0.00441 })]
    [InlineData(Activation.Gelu, 0, 0.018682, 1.000026,
        new[] { 0.47401, 0.74630, -1.24279, -1.02983, -0.75542, -0.03635, 0.60863, 0.16587 })]
    [InlineData(Activation.Gelu, 1, 0.015715, 0.995697,
        new[] { 0.03950, 0.70743, -0.47468, -1.81238, -0.03599, -0.00277, 0.50351, -0.00238 })]
    public void Text_encoder(Activation activation, int clipSkip, double mean, double rms, double[] values)
    {
        using var d = Device.Open();
        var config = SmallNetworks.ClipSizes with { Activation = activation };
        var encoder = new ClipTextEncoder(SmallNetworks.Weights(d), config);
        new Row(mean, rms, values).Check(d.Download(encoder.Forward(d, ClipGoldenTests.Ids(config), clipSkip)));
    }

    private static Features Image(Device d, int h, int w, IEnumerable<string> names)
    {
        var network = new UNet(SmallNetworks.Weights(d), SmallNetworks.UNetSizes);
        var got = new Features(d, names);
        var text = d.Upload(FormulaWeights.Input("input.context", 77 * 32), new Shape(1, 1, 77, 32));
        var latents = Nchw.Input(d, "input.sample", new Shape(1, h, w, 4));
        network.Forward(d, latents, new Conditioning { Timestep = Timestep, Text = text, Tap = got });
        return got;
    }

    private static void CheckVideoModel(bool normAcrossFrames, Row module, Row? middle, Row output)
    {
        const int videos = 2, frames = 5;
        using var d = Device.Open();
        var w = SmallNetworks.Weights(d);
        var network = SmallNetworks.UNet(d);
        var latents = Nchw.Videos(d, "input.video", videos, frames, new Shape(1, 16, 24, 4));
        var text = UNetGoldenTests.Texts(d, videos, frames, 32);
        var got = new Features(d, ["mid_block"]);
        var conditioning = new Conditioning
        {
            Timestep = Timestep,
            Text = text,
            Frames = frames,
            NormAcrossFrames = normAcrossFrames,
            Tap = got,
        };
        var y = network.Forward(d, latents, conditioning);

        middle?.Check(got["mid_block"]);
        output.Check(Nchw.Exchange(Nchw.From(d.Download(y), y.Shape), videos, frames, 4));

        var temb = new TimeEmbedding(w / "time_embedding", 32, 128).Forward(d, Timestep);
        d.Kernels.Activate(temb, temb, Activation.Silu);
        var x = new Conv2d(w / "conv_in", 4, 32).Forward(d, latents);
        x = new ResnetBlock(w / "down_blocks.0.resnets.0", 32, 32, 128, groups: 32, eps: 1e-5f).Forward(d, x, temb: temb);
        x = new SpatialTransformer(w / "down_blocks.0.attentions.0", 32, heads: 8, textChannels: 32, groups: 32).Forward(d, x, text);
        var temporal = new TemporalTransformer(w / "down_blocks.0.motion_modules.0", 32, heads: 8, groups: 32, maxFrames: 32);
        x = temporal.Forward(d, x, frames, normAcrossFrames);
        module.Check(Nchw.From(d.Download(x), x.Shape));
    }
}
