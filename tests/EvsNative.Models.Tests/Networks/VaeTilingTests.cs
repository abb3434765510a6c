using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>
/// The autoencoder in tiles against the autoencoder on whole pictures: the same numbers but for rounding, no seam, less memory. The picture
/// is bright above and dark below, so that a tile's own statistics would not be those of the whole.
/// </summary>
[Collection(nameof(OpenDevices))]
public sealed class VaeTilingTests(OpenDevices devices)
{
    /// <summary>Of differences in rounding, where numbers reach about 3.</summary>
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData(TestDevices.Cpu, 64, 48, 1)]
    [InlineData(TestDevices.Cpu, 128, 64, 4)]
    [InlineData(TestDevices.Cpu, 136, 64, 8)]
    [InlineData(TestDevices.Cpu, 72, 72, 3)]
    [InlineData(TestDevices.Cpu, 64, 64, 100)]
    [InlineData(TestDevices.OpenCL, 128, 64, 8)]
    public void A_picture_in_tiles_is_the_whole_picture(string device, int height, int width, int rows)
    {
        var d = devices.Get(device).Device;
        using var scope = d.Enter("tiles");
        var vae = new Vae(SmallNetworks.Weights(d), SmallNetworks.VaeSizes);
        var images = d.Upload(Picture(2, height, width), new Shape(2, height, width, 3));
        float[] encoded = d.Download(vae.Encode(d, images)), tiled = d.Download(vae.Encode(d, images, tileRows: rows));
        AssertAlike(encoded, tiled);

        var latents = d.Upload(encoded, new Shape(2, height / 8, width / 8, 4));
        AssertAlike(d.Download(vae.Decode(d, latents)), d.Download(vae.Decode(d, latents, tileRows: rows)));
    }

    [Fact]
    public void A_decoded_picture_of_512x768_has_no_seams()
    {
        const int height = 512, width = 768, rows = 8;
        using var d = Device.Open();
        var vae = new Vae(SmallNetworks.Weights(d), SmallNetworks.VaeSizes);
        using var scope = d.Enter("seams");
        var latents = vae.Encode(d, d.Upload(Picture(1, height, width), new Shape(1, height, width, 3)));
        float[] whole = d.Download(vae.Decode(d, latents)), tiled = d.Download(vae.Decode(d, latents, tileRows: rows));
        Assert.InRange(Psnr(whole, tiled), 80, double.PositiveInfinity);
        Assert.InRange(SeamOverInside(tiled, height, width, 8 * rows) / SeamOverInside(whole, height, width, 8 * rows), 0.999, 1.001);

        // The measure sees a seam: tiles that differ by a fortieth of what a picture spans.
        for (int i = 0; i < tiled.Length; i++) tiled[i] += i / (width * 3) / (8 * rows) % 2 * 0.05f;
        Assert.InRange(SeamOverInside(tiled, height, width, 8 * rows) / SeamOverInside(whole, height, width, 8 * rows), 1.02, 1e6);
    }

    [Theory]
    [InlineData(512, 768)]
    [InlineData(1024, 1024)]
    public void Tiles_take_about_half_of_the_memory(int height, int width)
    {
        foreach (bool decodes in new[] { false, true })
        {
            long whole = Peak(0), half = Peak(16), least = Peak(8);
            Assert.True(half < 0.56 * whole, $"{half} of {whole}");
            Assert.True(least < 0.52 * whole, $"{least} of {whole}");

            long Peak(int rows)
            {
                using var d = Device.Open(new DeviceOptions(Backend.Null));
                var vae = new Vae(SmallNetworks.Weights(d), VaeConfig.Sd15);
                var images = d.Allocate(new Shape(1, height, width, 3));
                var latents = d.Allocate(new Shape(1, height / 8, width / 8, 4));
                if (decodes) vae.Decode(d, latents, images, rows);
                else vae.Encode(d, images, latents, rows);
                return d.ScratchPeakBytes;
            }
        }
    }

    private static void AssertAlike(float[] whole, float[] tiled)
    {
        Assert.Equal(whole.Length, tiled.Length);
        for (int i = 0; i < whole.Length; i++)
            Assert.True(Math.Abs(whole[i] - tiled[i]) <= Tolerance, $"number {i}: {tiled[i]} in tiles, {whole[i]} whole");
    }

    /// <summary>Steps from row to row at borders of tiles over those elsewhere.</summary>
    private static double SeamOverInside(float[] picture, int height, int width, int tile)
    {
        double Step(int row) => Enumerable.Range(row * width * 3, width * 3).Average(i => Math.Abs(picture[i] - picture[i - (width * 3)]));
        var rows = Enumerable.Range(1, height - 1).ToLookup(row => row % tile == 0, Step);
        return rows[true].Average() / rows[false].Average();
    }

    private static double Psnr(float[] x, float[] y) =>
        10 * Math.Log10(4 / x.Zip(y, (a, b) => Math.Pow(Math.Clamp(a, -1, 1) - Math.Clamp(b, -1, 1), 2)).Average());

    /// <summary>[N,H,W,3] in -1..1: light falls from above, stripes that grow finer to the right, noise.</summary>
    private static float[] Picture(int count, int height, int width)
    {
        float[] noise = FormulaWeights.Input("picture", (long)count * height * width * 3, 0.1);
        for (int i = 0; i < noise.Length; i++)
        {
            int pixel = i / 3, x = pixel % width, y = pixel / width % height;
            noise[i] += (float)((0.6 * Math.Cos(Math.PI * y / height)) + (0.3 * Math.Sin(x * x / (10.0 * width) + (i % 3))));
        }

        return noise;
    }
}
