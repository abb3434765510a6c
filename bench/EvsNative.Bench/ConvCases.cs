using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>Every distinct convolution of the U-Net (docs/models.md 2.2) and of the autoencoder (3.2, 3.3) at 512 x 512.</summary>
internal static class ConvCases
{
    /// <summary>3 x 3; the table ends with their geometric mean.</summary>
    public const string Group = "conv 3x3";

    private const string Vae = "conv 3x3 VAE", Pointwise = "conv 1x1";

    /// <summary>How a convolution walks its input.</summary>
    private enum Walk
    {
        Plain,
        Down,
        DownAfter,
        Up,
    }

    public static IEnumerable<Case> All()
    {
        foreach (var (inputs, outputs, size) in new[]
        {
            (4, 320, 64), (320, 320, 64), (640, 320, 64), (960, 320, 64), (320, 4, 64),
            (320, 640, 32), (640, 640, 32), (960, 640, 32), (1280, 640, 32), (1920, 640, 32),
            (640, 1280, 16), (1280, 1280, 16), (1920, 1280, 16), (2560, 1280, 16), (1280, 1280, 8), (2560, 1280, 8),
        })
        {
            yield return Of(Group, inputs, outputs, size);
        }

        foreach (var (c, size) in new[] { (320, 64), (640, 32), (1280, 16) }) yield return Of(Group, c, c, size, walk: Walk.Down);
        foreach (var (c, size) in new[] { (640, 32), (1280, 16), (1280, 8) }) yield return Of(Group, c, c, size, walk: Walk.Up);
        yield return Of(Group, 320, 320, 64, second: 320);
        yield return Of(Group, 1280, 1280, 8, second: 1280);

        foreach (var (inputs, outputs, size) in new[]
        {
            (3, 128, 512), (128, 128, 512), (256, 128, 512), (128, 3, 512), (128, 256, 256), (256, 256, 256), (512, 256, 256),
            (256, 512, 128), (512, 512, 128), (512, 512, 64), (4, 512, 64), (512, 8, 64),
        })
        {
            yield return Of(Vae, inputs, outputs, size);
        }

        foreach (var (c, size) in new[] { (128, 512), (256, 256), (512, 128) }) yield return Of(Vae, c, c, size, walk: Walk.DownAfter);
        foreach (var (c, size) in new[] { (512, 64), (512, 128), (256, 256) }) yield return Of(Vae, c, c, size, walk: Walk.Up);

        foreach (var (inputs, second, outputs, size) in new[]
        {
            (320, 0, 320, 64), (320, 320, 320, 64), (640, 320, 320, 64), (320, 0, 640, 32), (1280, 640, 640, 32),
            (640, 0, 1280, 16), (1280, 1280, 1280, 16), (1280, 1280, 1280, 8),
        })
        {
            yield return Of(Pointwise, inputs, outputs, size, second, kernel: 1);
        }
    }

    private static Case Of(string group, int inputs, int outputs, int size, int second = 0, int kernel = 3, Walk walk = Walk.Plain)
    {
        string channels = second > 0 ? $"{inputs}+{second}" : $"{inputs}";
        string word = walk switch
        {
            Walk.Down or Walk.DownAfter => ", stride 2",
            Walk.Up => ", x2 first",
            _ => "",
        };
        var request = new Dictionary<string, object>
        {
            ["op"] = "conv",
            ["n"] = 1,
            ["h"] = size,
            ["w"] = size,
            ["in"] = inputs,
            ["out"] = outputs,
            ["kernel"] = kernel,
        };
        if (second > 0) request["in2"] = second;
        if (walk is Walk.Down or Walk.DownAfter) request["stride"] = 2;
        if (walk == Walk.DownAfter) request["pad_after"] = true;
        if (walk == Walk.Up) request["up"] = true;
        return Case.Beside(group, $"{channels} -> {outputs}, {size}x{size}{word}",
            d => Prepare(d, inputs, second, outputs, size, kernel, walk), request);
    }

    private static Prepared Prepare(Device d, int inputs, int second, int outputs, int size, int kernel, Walk walk)
    {
        int result = walk switch
        {
            Walk.Up => 2 * size,
            Walk.Plain => size,
            _ => size / 2,
        };
        var geometry = walk switch
        {
            Walk.Down => new ConvGeometry(Stride: 2),
            Walk.DownAfter => new ConvGeometry(Stride: 2, Padding: ConvPadding.After),
            Walk.Up => new ConvGeometry(Stride: 1, Upsampled: (result, result)),
            _ => new ConvGeometry(Stride: 1),
        };
        var filter = Inputs.PackByName(d, "w", new FilterShape(outputs, inputs + second, kernel));
        Tensor x = Inputs.Picture(d, "x", new Shape(1, size, size, inputs)), y = Inputs.Empty(d, new Shape(1, result, result, outputs));
        Tensor? x2 = second > 0 ? Inputs.Picture(d, "x2", x.Shape with { C = second }) : null;
        var epilogue = new Epilogue(Bias: Inputs.ByName(d, "b", Shape.Vector(outputs)));
        return Prepared.OfPicture(d, () => d.Kernels.Conv2d(y, x, x2, filter, geometry, epilogue), y);
    }
}
