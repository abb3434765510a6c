namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>Operations at the sizes of the real networks, where plans choose other tiles than for the self-test's small ones.</summary>
internal static class NetworkShapes
{
    private const int Frames = 16, Words = 77;

    /// <summary>Runs them; the device is dry and a scope is open.</summary>
    public static void Run(Device d, ElementType precision)
    {
        foreach (var storage in Enum.GetValues<WeightStorage>())
        {
            foreach (var (side, c) in ((int, int)[])[(64, 320), (32, 640), (8, 1280)])
            {
                var map = new Shape(Frames, side, side, c);
                Conv2d(d, map, c, storage, precision, precision);
                Linear(d, map, c, storage, precision);
            }

            Conv2d(d, new Shape(Frames, 64, 64, 4), 320, storage, ElementType.Float32, precision);
            Conv2d(d, new Shape(Frames, 64, 64, 320), 4, storage, precision, ElementType.Float32);
            Conv2d(d, new Shape(1, 512, 512, 128), 128, storage, ElementType.Float32, ElementType.Float32);
            Conv2d(d, new Shape(1, 512, 512, 128), 3, storage, ElementType.Float32, ElementType.Float32);
            Upsample(d, new Shape(Frames, 32, 32, 640), storage, precision);
            Upsample(d, new Shape(1, 256, 256, 256), storage, ElementType.Float32);
            Product(d, Shape.Vector(1280), 1280, storage, ElementType.Float32, ElementType.Float32);
            Product(d, new Shape(1, 1, Words, 768), 320, storage, ElementType.Float32, precision);
        }

        foreach (var (side, c) in ((int, int)[])[(64, 320), (32, 640), (8, 1280)])
        {
            var map = new Shape(Frames, side, side, c);
            Norms(d, map, precision);
            Attention(d, map, map, precision, new AttentionOptions(8));
            Attention(d, map, new Shape(1, 1, Words, c), precision, new AttentionOptions(8));
            Attention(d, map, map, precision, new AttentionOptions(8, SequenceAxis.Frames, Frames));
            Attention(d, map, map, precision, new AttentionOptions(8, Blend: new QueryBlend(default, 0.8f)));
        }

        // The small networks that come with the program.
        var small = new Shape(Frames, 8, 8, 32);
        Attention(d, small, small, precision, new AttentionOptions(4));
        Attention(d, small, small, precision, new AttentionOptions(4, SequenceAxis.Frames, Frames));

        var text = new Shape(1, 1, Words, 768);
        Norms(d, text, ElementType.Float32);
        Norms(d, new Shape(1, 64, 64, 512), ElementType.Float32);
        foreach (var interpolation in Enum.GetValues<Interpolation>())
        {
            Resize(d, new Shape(Frames, 64, 64, 4), ElementType.Float32, interpolation);
            Resize(d, new Shape(1, 512, 512, 3), precision, interpolation);
        }

        Attention(d, text, text, ElementType.Float32, new AttentionOptions(12, IsCausal: true));
        var picture = new Shape(1, 64, 64, 512);
        Attention(d, picture, picture, ElementType.Float32, new AttentionOptions(1));
    }

    private static void Conv2d(Device d, Shape shape, int output, WeightStorage storage, ElementType from, ElementType to)
    {
        using var scope = d.Enter("conv");
        Tensor x = d.Rent(shape, from), y = d.Rent(shape with { C = output }, to);
        var filter = d.Pack(new FilterShape(output, shape.C, 3), [], storage);
        d.Kernels.Conv2d(y, x, null, filter, new ConvGeometry(1), new Epilogue(d.Rent(Shape.Vector(output))));
    }

    private static void Upsample(Device d, Shape shape, WeightStorage storage, ElementType type)
    {
        using var scope = d.Enter("upsample");
        Tensor x = d.Rent(shape, type), y = d.Rent(shape with { H = 2 * shape.H, W = 2 * shape.W }, type);
        var filter = d.Pack(new FilterShape(shape.C, shape.C, 3, IsEnlarging: true), [], storage);
        var geometry = new ConvGeometry(1, ConvPadding.Same, (y.Shape.H, y.Shape.W));
        d.Kernels.Conv2d(y, x, null, filter, geometry, new Epilogue(d.Rent(Shape.Vector(shape.C))));
    }

    private static void Product(Device d, Shape shape, int output, WeightStorage storage, ElementType from, ElementType to)
    {
        using var scope = d.Enter("linear");
        Tensor x = d.Rent(shape, from), y = d.Rent(shape with { C = output }, to);
        d.Kernels.Linear(y, x, d.Pack(new FilterShape(output, shape.C), [], storage),
            new Epilogue(d.Rent(Shape.Vector(output)), Activation: Activation.Silu));
        d.Kernels.Linear(y, x, d.Pack(new FilterShape(output, shape.C), [], storage), default);
    }

    private static void Linear(Device d, Shape shape, int c, WeightStorage storage, ElementType type)
    {
        using var scope = d.Enter("linear");
        Tensor x = d.Rent(shape, type), wide = d.Rent(shape with { C = 4 * c }, type);
        Tensor[] ys = [d.Rent(shape, type), d.Rent(shape, type), d.Rent(shape, type)];
        d.Kernels.Linear(ys[0], x, d.Pack(new FilterShape(c, c), [], storage), new Epilogue(d.Rent(Shape.Vector(c)), Residual: ys[0]));
        d.Kernels.LinearSplit(ys, x, d.Pack(new FilterShape(3 * c, c, Sections: 3), [], storage), null);
        d.Kernels.LinearGeglu(wide, x, d.Pack(new FilterShape(8 * c, c, IsGated: true), [], storage), d.Rent(Shape.Vector(8 * c)));
    }

    private static void Norms(Device d, Shape shape, ElementType type)
    {
        using var scope = d.Enter("norm");
        Tensor x = d.Rent(shape, type), y = d.Rent(shape, type), both = d.Rent(shape with { C = 2 * shape.C }, type);
        Tensor weight = d.Rent(Shape.Vector(shape.C)), weights = d.Rent(Shape.Vector(2 * shape.C));
        d.Kernels.LayerNorm(y, x, weight, weight, 1e-5f, null);
        d.Kernels.LayerNorm(y, x, weight, weight, 1e-5f, d.Rent(Shape.Vector(shape.C) with { N = shape.N }));
        foreach (var activation in (Activation[])[Activation.None, Activation.Silu])
        {
            d.Kernels.GroupNorm(y, x, null, weight, weight, 32, 1e-5f, activation);
            d.Kernels.GroupNorm(both, x, x, weights, weights, 32, 1e-5f, activation);
        }
    }

    private static void Resize(Device d, Shape shape, ElementType type, Interpolation interpolation)
    {
        using var scope = d.Enter("resize");
        d.Kernels.Resize(d.Rent(shape with { H = 2 * shape.H, W = 2 * shape.W }, type), d.Rent(shape, type), interpolation);
    }

    private static void Attention(Device d, Shape queries, Shape keys, ElementType type, AttentionOptions options)
    {
        using var scope = d.Enter("attention");
        Tensor q = d.Rent(queries, type), k = d.Rent(keys, type), v = d.Rent(keys, type), y = d.Rent(queries, type);
        if (options.Blend is { } blend) options = options with { Blend = new QueryBlend(d.Rent(queries, type), blend.Gamma) };
        d.Kernels.Attention(y, q, k, v, options);
    }
}
