using EvsNative.Models.Tests.Sampling;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Settings;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Demo;

/// <summary>
/// The product against the PyTorch reference on the embedded clip: weights/demo/refine.py wrote expected.safetensors and modes.png.
/// </summary>
public sealed class ReferenceTests(DemoRig rig) : IClassFixture<DemoRig>
{
    private const double LargestError = 1e-3, SmallestPsnr = 45;

    [Fact]
    public void The_encoded_input_is_the_references()
    {
        Assert.True(Relative.Error(rig.Device.Download(rig.X0), rig.Expected("x0")) <= LargestError);
    }

    [Theory]
    [InlineData("t2i", 2)]
    [InlineData("t2v", 3)]
    [InlineData("t2i+t2v", 4)]
    [InlineData("t2v+t2i", 5)]
    [InlineData("evs", 6)]
    public void Given_the_references_noise_every_mode_gives_its_latents_and_its_frames(string mode, int rowOfSheet)
    {
        using var scope = rig.Device.Enter("test");
        var noise = new GivenNoise((entry, draw) =>
            draw == 0 ? rig.Expected($"{mode}.noise.{entry}") : throw new InvalidOperationException("DDIM and Euler need no fresh noise"));
        var latents = rig.Run(rig.Config(new Choices().With(MethodSettings.Mode, mode).Get(MethodSettings.Mode)!.Value), noise);
        double error = Relative.Error(rig.Device.Download(latents), rig.Expected($"{mode}.latents"));
        Assert.True(error <= LargestError, $"{mode}: error {error:e2}");

        double psnr = VideoMeasures.PsnrOf(SixFrames(rig.Decode(latents)), SheetRow(rowOfSheet));
        Assert.True(psnr >= SmallestPsnr, $"{mode}: {psnr:F1} dB from the reference's frames");
    }

    [Fact]
    public void The_enlarged_input_is_the_references_to_the_byte()
    {
        Assert.Equal(SheetRow(1).Pixels, SixFrames(rig.Input).Pixels);
    }

    /// <summary>Frames 0, 3, .. 15, as the sheet shows them.</summary>
    private static VideoFrames SixFrames(VideoFrames clip)
    {
        byte[] pixels = [.. Enumerable.Range(0, 6).SelectMany(i => clip.Frame(3 * i).ToArray())];
        return TestVideos.Of(pixels, 6, clip.Height, clip.Width, clip.Rate, "six frames");
    }

    /// <summary>A row of modes.png: clean, input, T2I, T2V, T2I+T2V, T2V+T2I, EVS.</summary>
    private static VideoFrames SheetRow(int row)
    {
        const int Side = 128, Columns = 6;
        using var stream = File.OpenRead(Repository.File("weights", "demo", "modes.png"));
        var sheet = StbImageSharp.ImageResult.FromStream(stream, StbImageSharp.ColorComponents.RedGreenBlue);
        byte[] pixels = new byte[Columns * Side * Side * 3];
        for (int column = 0; column < Columns; column++)
        {
            for (int y = 0; y < Side; y++)
            {
                int from = ((((row * Side) + y) * sheet.Width) + (column * Side)) * 3;
                sheet.Data.AsSpan(from, Side * 3).CopyTo(pixels.AsSpan(((column * Side) + y) * Side * 3));
            }
        }

        return TestVideos.Of(pixels, Columns, Side, Side, new Rational(8, 1), "modes.png");
    }
}
