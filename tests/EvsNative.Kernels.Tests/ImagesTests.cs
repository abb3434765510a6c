using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>
/// A frame's numbers do not depend on how many are worked on at a time, to the bit: of each operation, on shapes of a U-Net's kind.
/// </summary>
public sealed class ImagesTests
{
    // Several images each: as many as fill no tile, of the largest as few as have one that is neither the first nor the last.
    private static readonly Shape[] Shapes =
        [new(3, 64, 64, 64), new(5, 32, 32, 40), new(5, 16, 16, 128), new(5, 8, 8, 320), new(5, 1, 1, 320)];

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    [InlineData(TestDevices.OpenCLHalf)]
    public void Images_at_once_give_the_bits_of_each_alone(string device)
    {
        Assert.SkipWhen(TestDevices.Missing(device) is not null, $"no {device} here");
        using var d = TestDevices.Open(device);
        using var scope = d.Enter("test");
        var draw = new Draw(1);
        foreach (var shape in Shapes)
        {
            int images = shape.N;
            var image = shape with { N = 1 };
            foreach (var (name, y, inputs, run) in Calls(d, draw, image))
            {
                using var call = d.Enter(name);
                float[][] values = [.. inputs.Select(x => draw.Normals(x.Count * images))];
                float[] together = Run(y, inputs, values, images, run);
                for (int i = 0; i < images; i++)
                {
                    float[][] one = [.. values.Select(v => Part(v, images, i))];
                    bool isSame = Part(together, images, i).AsSpan().SequenceEqual(Run(y, inputs, one, 1, run));
                    Assert.True(isSame, $"{d.Description}: {name} of {image}: image {i} of {images} has other bits than alone");
                }
            }
        }

        static float[] Part(float[] v, int images, int image) => v[(image * v.Length / images)..((image + 1) * v.Length / images)];

        float[] Run(Shape y, Shape[] inputs, float[][] values, int images, Action<Tensor, Tensor[]> run)
        {
            using var inner = d.Enter("run");
            Tensor[] xs = [.. inputs.Select((x, i) => d.Upload(values[i], x with { N = images }, d.Precision))];
            var result = Draw.Poisoned(d, y with { N = images }, d.Precision);
            run(result, xs);
            return d.Download(result);
        }
    }

    private static IEnumerable<(string Name, Shape Y, Shape[] Inputs, Action<Tensor, Tensor[]> Run)> Calls(Device d, Draw draw, Shape x)
    {
        int c = x.C, heads = c / 8;
        Tensor weight = d.Upload(draw.Normals(c), Shape.Vector(c)), bias = d.Upload(draw.Normals(c), Shape.Vector(c));
        var (same, text) = (new ConvGeometry(1), new Shape(1, 1, 77, c));
        var words = d.Upload(draw.Normals(text.Count), text, d.Precision);
        Filter three = Pack(new FilterShape(c, c, 3)), one = Pack(new FilterShape(c, c)), two = Pack(new FilterShape(c, 2 * c, 3));
        Filter split = Pack(new FilterShape(3 * c, c, Sections: 3)), gated = Pack(new FilterShape(2 * c, c, IsGated: true)),
            last = Pack(new FilterShape(4, c, 3));

        var (geometry, seven) = (new PatchGeometry(3, 3, 2, 1), d.Upload(draw.Normals(49 * c), new Shape(1, 7, 7, c)));

        yield return ("convolution", x, [x], (y, xs) => d.Kernels.Conv2d(y, xs[0], null, three, same, new Epilogue(bias)));
        yield return ("convolution with residual", x, [x, x],
            (y, xs) => d.Kernels.Conv2d(y, xs[0], null, three, same, new Epilogue(bias, Residual: xs[1])));
        yield return ("convolution of two inputs", x, [x, x], (y, xs) => d.Kernels.Conv2d(y, xs[0], xs[1], two, same, new Epilogue(bias)));
        yield return ("convolution, kernel 1", x, [x], (y, xs) => d.Kernels.Conv2d(y, xs[0], null, one, same, new Epilogue(bias)));
        yield return ("convolution to four channels", x with { C = 4 }, [x],
            (y, xs) => d.Kernels.Conv2d(y, xs[0], null, last, same, default));
        yield return ("product", x, [x], (y, xs) => d.Kernels.Linear(y, xs[0], one, new Epilogue(bias)));
        yield return ("product with SiLU", x, [x],
            (y, xs) => d.Kernels.Linear(y, xs[0], one, new Epilogue(bias, Activation: Activation.Silu)));
        yield return ("split product", x, [x],
            (y, xs) => d.Kernels.LinearSplit([d.Rent(y.Shape, y.Type), y, d.Rent(y.Shape, y.Type)], xs[0], split, null));
        yield return ("gated product", x, [x], (y, xs) => d.Kernels.LinearGeglu(y, xs[0], gated, null));
        yield return ("group norm", x, [x], (y, xs) => d.Kernels.GroupNorm(y, xs[0], null, weight, bias, 8, 1e-5f, Activation.Silu));
        yield return ("layer norm", x, [x], (y, xs) => d.Kernels.LayerNorm(y, xs[0], weight, bias, 1e-5f, null));
        yield return ("text attention", x, [x], (y, xs) => d.Kernels.Attention(y, xs[0], words, words, new AttentionOptions(heads)));
        yield return ("SiLU", x, [x], (y, xs) => d.Kernels.Activate(y, xs[0], Activation.Silu));
        yield return ("slopes", x, [x, x], (y, xs) => d.Kernels.Prelu(y, xs[0], weight, xs[1]));
        yield return ("sum", x, [x, x], (y, xs) => d.Kernels.Combine(y, 0.3f, xs[0], 0.7f, xs[1]));
        yield return ("depthwise convolution", x, [x], (y, xs) => d.Kernels.Depthwise(y, xs[0], seven, bias, 1));
        yield return ("patches", geometry.Of(x), [x], (y, xs) => d.Kernels.Patches(y, xs[0], geometry));
        yield return ("unpatches", new Shape(1, 2 * x.H, 2 * x.W, c / 4), [x], (y, xs) => d.Kernels.Unpatches(y, xs[0], 2));
        if (x.H > 1)
            yield return ("means", x with { H = x.H / 2, W = x.W / 2 }, [x], (y, xs) => d.Kernels.AveragePool(y, xs[0]));
        yield return ("resizing", x with { H = 2 * x.H, W = 2 * x.W }, [x], (y, xs) => d.Kernels.Resize(y, xs[0], Interpolation.Bicubic));
        if (x.Pixels <= 256)
            yield return ("attention", x, [x, x, x], (y, xs) => d.Kernels.Attention(y, xs[0], xs[1], xs[2], new AttentionOptions(heads)));

        Filter Pack(FilterShape shape) => d.Pack(shape, draw.Normals(shape.Count, 0.1f));
    }
}
