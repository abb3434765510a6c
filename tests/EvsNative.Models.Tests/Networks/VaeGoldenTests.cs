using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>The autoencoder against the reference.</summary>
[Collection(nameof(OpenDevices))]
public sealed class VaeGoldenTests(OpenDevices devices)
{
    /// <summary>Four times the largest error seen; the references are float32 too.</summary>
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void Small_autoencoder_equals_the_reference(string device) =>
        Check(devices.Get(device).Device, "vae small", SmallNetworks.VaeSizes, 48, 64);

    [Fact]
    public void Full_autoencoder_equals_the_reference()
    {
        using var d = Device.Open();
        Check(d, "vae sd15", VaeConfig.Sd15, 128, 192);
    }

    private static void Check(Device d, string name, VaeConfig sizes, int height, int width)
    {
        using var scope = d.Enter(name);
        var vae = new Vae(SmallNetworks.Weights(d), sizes);
        var goldens = Golden.Case(name);
        Assert.Equal(3, goldens.Count);

        var images = Nchw.Input(d, "input.image", new Shape(1, height, width, 3), 0.5 * Math.Sqrt(3));
        var (mean, logVariance) = vae.Moments(d, images);
        var encoded = vae.Encode(d, images);
        Assert.InRange(goldens["mean"].Error(Nchw.From(d.Download(mean), mean.Shape)), 0, Tolerance);
        Assert.InRange(goldens["logvar"].Error(Nchw.From(d.Download(logVariance), mean.Shape)), 0, Tolerance);
        Assert.Equal([.. d.Download(mean).Select(v => sizes.ScalingFactor * v)], d.Download(encoded));

        // The reference decodes the latent as it is; Decode divides by the factor first.
        var latents = Nchw.Input(d, "input.latent", mean.Shape, Math.Sqrt(3) * sizes.ScalingFactor);
        var decoded = vae.Decode(d, latents);
        Assert.InRange(goldens["decode of the unscaled latent"].Error(Nchw.From(d.Download(decoded), decoded.Shape)), 0, Tolerance);
    }
}
