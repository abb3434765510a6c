using EvsNative.Kernels;
using EvsNative.Pipelines.Preview;

namespace EvsNative.Pipelines.Tests.Preview;

/// <summary>A linear relation between latents and colours is found.</summary>
public sealed class LatentColoursTests
{
    private const int H = 6, W = 9, C = 4, Factor = 8;

    [Fact]
    public void A_linear_relation_is_found_and_holds_for_other_latents()
    {
        float[] one = Latents(1), other = Latents(2);
        var colours = LatentColours.Fit(one, new Shape(1, H, W, C), Frame(one), Factor);
        byte[] shown = colours.Show(other);
        for (int pixel = 0; pixel < H * W; pixel++)
            for (int c = 0; c < 3; c++) Assert.InRange(shown[(pixel * 3) + c] - Colour(other, pixel, c), -3, 3);
    }

    [Fact]
    public void A_flat_frame_gives_its_colour_and_nothing_wild()
    {
        float[] flat = [.. Enumerable.Repeat(0.25f, H * W * C)];
        byte[] frame = [.. Enumerable.Repeat((byte)90, H * W * Factor * Factor * 3)];
        var colours = LatentColours.Fit(flat, new Shape(1, H, W, C), frame, Factor);
        Assert.All(colours.Show(flat), value => Assert.InRange(value, 86, 94));
        Assert.All(colours.Show([.. flat.Select(x => x + 0.1f)]), value => Assert.InRange(value, 40, 150));
    }

    private static float[] Latents(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, H * W * C).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private static double Colour(float[] latents, int pixel, int c) =>
        120 + (c * 10) + (60 * latents[pixel * C]) + (40 * latents[(pixel * C) + 1 + c]) - (25 * latents[(pixel * C) + 3]);

    private static byte[] Frame(float[] latents)
    {
        byte[] frame = new byte[H * W * Factor * Factor * 3];
        for (int y = 0; y < H * Factor; y++)
            for (int x = 0; x < W * Factor; x++)
                for (int c = 0; c < 3; c++)
                    frame[(((y * W * Factor) + x) * 3) + c] = (byte)Math.Round(Colour(latents, (y / Factor * W) + (x / Factor), c));
        return frame;
    }
}
