using EvsNative.Kernels;
using static EvsNative.Bench.AgreeCalls;

namespace EvsNative.Bench;

/// <summary>Calls of the networks for <c>agree</c>: every level of the U-Net, the autoencoder, sizes that no tile divides.</summary>
internal static class AgreeCases
{
    private static readonly ConvGeometry Down = new(Stride: 2), After = new(Stride: 2, Padding: ConvPadding.After);

    /// <summary>What the U-Net does, activations in the device's precision.</summary>
    public static IEnumerable<AgreeCase> UNet()
    {
        foreach (var (rows, c) in new[] { (4096, 320), (1000, 640), (160, 1280) })
        {
            yield return Linear(rows, c, c);
            yield return Split(rows, c, c);
            yield return Geglu(rows, c, 4 * c);
            yield return Linear(rows, 4 * c, c, hasResidual: true);
            yield return Split(77, 768, c) with { Images = 1 };
        }

        yield return Linear(16, 320, 1280, Activation.Silu) with { Images = 1 };
        yield return Linear(4096, 4096, 4096) with { Images = 1 };
        foreach (var (h, w, inputs, outputs) in new[]
        {
            (64, 64, 4, 320), (64, 64, 320, 320), (64, 64, 320, 4), (32, 32, 320, 640), (80, 128, 320, 320), (16, 16, 1280, 1280),
            (10, 16, 1280, 1280), (9, 11, 640, 640),
        })
        {
            yield return Conv((h, w), inputs, outputs);
        }

        yield return Conv((64, 64), 640, 320, second: 320);
        yield return Conv((8, 8), 1280, 1280, second: 1280);
        yield return Conv((64, 64), 320, 320, geometry: Down);
        yield return Conv((15, 21), 640, 640, geometry: new ConvGeometry(Stride: 1, Upsampled: (30, 42)));
        yield return Conv((10, 16), 1280, 1280, geometry: new ConvGeometry(Stride: 1, Upsampled: (20, 32)));
        yield return Conv((9, 9), 640, 640, geometry: new ConvGeometry(Stride: 1, Upsampled: (17, 18)));
        yield return Conv((64, 64), 640, 320, second: 320, kernel: 1);
        yield return Conv((16, 16), 1280, 1280, kernel: 1);
        yield return ConvThenNorm(64, 320, 320);
        yield return ConvThenNorm(32, 640, 640);
        yield return ConvThenNorm(16, 1280, 1280);
        foreach (var (tokens, c) in new[] { (4096, 320), (1024, 640), (256, 1280), (64, 1280), (1001, 320), (77, 640) })
            yield return Attention(tokens, tokens, 8, c);
        foreach (var (tokens, c) in new[] { (4096, 320), (1024, 640), (160, 1280) }) yield return Attention(tokens, 77, 8, c);
        foreach (var (size, frames, c) in new[] { (32, 16, 320), (16, 16, 640), (8, 16, 1280), (9, 5, 320), (8, 32, 640) })
            yield return Frames(size, frames, 8, c);
    }

    /// <summary>What the autoencoder does, in float32.</summary>
    public static IEnumerable<AgreeCase> Autoencoder()
    {
        foreach (var (size, inputs, outputs) in new[]
        {
            (128, 3, 128), (128, 128, 128), (64, 128, 256), (64, 512, 512), (64, 512, 8), (61, 256, 128),
        })
            yield return Conv((size, size), inputs, outputs);
        yield return Conv((128, 128), 128, 128, geometry: After);
        yield return Conv((64, 64), 512, 512, geometry: new ConvGeometry(Stride: 1, Upsampled: (128, 128))) with { Images = 1 };
        yield return Conv((64, 64), 512, 256, kernel: 1);
        yield return ConvThenNorm(64, 256, 256);
        yield return Linear(4096, 512, 512);
        yield return Attention(1024, 1024, 1, 512);
    }

    /// <summary>All kinds on shapes of a few tiles, for trying where no GPU is.</summary>
    public static IEnumerable<AgreeCase> Tiny()
    {
        yield return Linear(130, 64, 168);
        yield return Linear(40, 64, 160, Activation.Silu, hasResidual: true);
        yield return Split(70, 64, 80);
        yield return Geglu(70, 64, 80);
        yield return Conv((9, 7), 32, 80);
        yield return Conv((8, 8), 32, 40, second: 24);
        yield return Conv((8, 8), 32, 40, geometry: Down);
        yield return Conv((7, 8), 32, 40, geometry: After);
        yield return Conv((5, 6), 32, 40, geometry: new ConvGeometry(Stride: 1, Upsampled: (10, 12)));
        yield return Conv((8, 8), 4, 40);
        yield return ConvThenNorm(8, 32, 160);
        yield return Attention(70, 70, 2, 80);
        yield return Attention(70, 77, 2, 80);
        foreach (int head in new[] { 4, 8, 16 }) yield return Attention(99, 99, 8, 8 * head);
        yield return Frames(3, 5, 2, 80);
    }
}
