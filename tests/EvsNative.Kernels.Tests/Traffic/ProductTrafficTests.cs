using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Tests.Traffic;

/// <summary>What products and convolutions on tensor cores ask of memory.</summary>
public sealed class ProductTrafficTests(TrafficDevices devices) : IClassFixture<TrafficDevices>
{
    private const int Rows = 128, Channels = 64;

    private static readonly string[] Tf32 = [nameof(ProductFactors.Singles), nameof(ProductFactors.SinglesByHalves)];

    public static TheoryData<int, Type, string> Kinds =>
    [
        .. TilesOf(75).Select(tile => new TheoryDataRow<int, Type, string>(75, tile, nameof(ProductFactors.Halves))),
        .. TilesOf(80).Select(tile => new TheoryDataRow<int, Type, string>(80, tile, nameof(ProductFactors.Halves))),
        .. TilesOf(80).SelectMany(tile => Tf32.Select(factors => new TheoryDataRow<int, Type, string>(80, tile, factors))),
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Whole_tiles(int sm, Type tile, string factors) =>
        CheckLinear(sm, tile, Enum.Parse<ProductFactors>(factors), Rows, 2 * SizeOf(tile).Columns, Channels);

    /// <summary>What hangs over is not there: neither rows nor columns, nor channels of the last piece.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Tiles_that_hang_over(int sm, Type tile, string factors)
    {
        // Rows of the inputs of 96 bytes, a piece and a half; 160 columns in tiles of 64 among the widths.
        var kind = Enum.Parse<ProductFactors>(factors);
        int columns = SizeOf(tile).Columns;
        CheckLinear(sm, tile, kind, 84, columns == 64 ? 160 : columns + 16, kind == ProductFactors.Halves ? 48 : 24);
    }

    [Fact]
    public void Sections_and_gates()
    {
        using var run = devices.Open(80);
        var tile = typeof(Tile128x160);
        var x = run.Zeros(new Shape(1, 1, Rows, 160));
        Tensor[] ys = [run.Zeros(x.Shape), run.Zeros(x.Shape), run.Zeros(x.Shape)];
        var sections = run.Filter(new FilterShape(480, 160, Sections: 3));
        var args = ProductArgumentsTensor.Of(new LinearSplitCall(ys, x, sections, null));
        run.CheckProduct(
            tile, args, x, ProductFactors.Halves, () => run.Linear(tile).Run(new LinearSplitCall(ys, x, sections, null)));
        var y = run.Zeros(x.Shape with { C = 320 });
        var gated = new LinearGegluCall(y, x, run.Filter(new FilterShape(640, 160, IsGated: true)), null);
        run.CheckProduct(tile, ProductArgumentsTensor.Of(gated), y, ProductFactors.Halves, () => run.Linear(tile).Run(gated));
    }

    [Theory]
    [InlineData(80, typeof(Tile128x160), nameof(ProductFactors.Halves), 64, 0, 1)]
    [InlineData(80, typeof(Tile64x160), nameof(ProductFactors.Halves), 32, 32, 1)]
    [InlineData(80, typeof(Tile128x128), nameof(ProductFactors.Halves), 32, 0, 2)]
    [InlineData(75, typeof(Tile128x64), nameof(ProductFactors.Halves), 32, 0, 1)]
    [InlineData(80, typeof(Tile128x128), nameof(ProductFactors.Singles), 16, 0, 1)]
    [InlineData(80, typeof(Tile64x64), nameof(ProductFactors.SinglesByHalves), 16, 16, 2)]
    public void Convolutions(int sm, Type tile, string factors, int channels, int channels2, int stride)
    {
        var kind = Enum.Parse<ProductFactors>(factors);
        using var run = devices.Open(sm);
        var x = run.Zeros(new Shape(2, 16, 16, channels), TypeOf(kind));
        Tensor? x2 = channels2 > 0 ? run.Zeros(x.Shape with { C = channels2 }, x.Type) : null;
        int side = 16 / stride, columns = SizeOf(tile).Columns;
        var y = run.Zeros(new Shape(2, side, side, columns), x.Type);
        var filter = run.Filter(new FilterShape(columns, channels + channels2, 3), kind);
        var call = new Conv2dCall(y, x, x2, filter, new ConvGeometry(stride), default);
        run.CheckProduct(tile, Conv2dTensor.Arguments(call), y, kind, () => run.Conv2d(tile).Run(call));
    }

    /// <summary>Four results a launch; moments where runs of 64 pixels lie within a phase.</summary>
    [Theory]
    [InlineData(80, typeof(Tile128x160), nameof(ProductFactors.Halves), 8, 16)]
    [InlineData(80, typeof(Tile64x64), nameof(ProductFactors.Halves), 5, 7)]
    [InlineData(75, typeof(Tile64x64), nameof(ProductFactors.Halves), 8, 8)]
    [InlineData(80, typeof(Tile128x128), nameof(ProductFactors.Singles), 8, 16)]
    [InlineData(80, typeof(Tile128x64), nameof(ProductFactors.SinglesByHalves), 9, 8)]
    public void Phases_of_an_enlargement_by_two(int sm, Type tile, string factors, int height, int width)
    {
        var kind = Enum.Parse<ProductFactors>(factors);
        using var run = devices.Open(sm);
        int columns = SizeOf(tile).Columns;
        var x = run.Zeros(new Shape(1, height, width, 32), TypeOf(kind));
        var y = run.Zeros(new Shape(1, 2 * height, 2 * width, columns), x.Type);
        var filter = run.Filter(new FilterShape(columns, 32, 3, IsEnlarging: true), kind);
        bool hasMoments = ChannelMoments.ShapeOf(x.Shape) is not null;
        var moments = hasMoments ? run.Zeros(ChannelMoments.ShapeOf(y.Shape)!.Value, ElementType.Float32) : (Tensor?)null;
        var geometry = new ConvGeometry(1, ConvPadding.Same, (y.Shape.H, y.Shape.W));
        var call = new Conv2dCall(y, x, null, filter, geometry, new Epilogue(Moments: moments));
        run.CheckProduct(tile, Conv2dTensor.PhaseArguments(call), y, kind, () => run.Conv2d(tile).Run(call));
    }

    /// <summary>Neighbours of the enlarged image are often one pixel of the small one, for which a warp asks once.</summary>
    [Theory]
    [InlineData(16, 24)]
    [InlineData(9, 13)]
    public void Enlargements(int height, int width)
    {
        using var run = devices.Open(80);
        Tensor x = run.Zeros(new Shape(1, 8, 8, 32)), y = run.Zeros(new Shape(1, height, width, 64));
        var filter = run.Filter(new FilterShape(64, 32, 3));
        var call = new Conv2dCall(y, x, null, filter, new ConvGeometry(1, ConvPadding.Same, (height, width)), default);
        run.CheckProduct(null, Conv2dTensor.Arguments(call), y, ProductFactors.Halves, () => run.Conv2d().Run(call));
    }

    /// <summary>The kernel of few rows multiplies without tensor cores; reading the weights is all that takes time.</summary>
    [Theory]
    [InlineData(nameof(ProductFactors.Halves), 2)]
    [InlineData(nameof(ProductFactors.Halves), 5)]
    [InlineData(nameof(ProductFactors.Singles), 4)]
    [InlineData(nameof(ProductFactors.SinglesByHalves), 4)]
    public void Products_of_few_rows(string factors, int rows)
    {
        const int Depth = 512, Columns = 64;
        var kind = Enum.Parse<ProductFactors>(factors);
        using var run = devices.Open(80);
        Tensor x = run.Zeros(new Shape(1, 1, rows, Depth), TypeOf(kind)), y = run.Zeros(x.Shape with { C = Columns }, x.Type);
        var filter = run.Filter(new FilterShape(Columns, Depth), kind);
        var kernel = Assert.Single(run.Count(() => run.Linear().Run(new LinearCall(y, x, filter, default))));
        Assert.StartsWith("ProductVectorTensor", kernel.Name, StringComparison.Ordinal);
        TrafficRun.CheckSectors(kernel, "ld.global.nc.v4.b32");
        TrafficRun.CheckSectors(kernel, "ld.global.nc.v4.f32", TrafficRun.MostSectorsOfFloats);

        // Four rows share what they read of the weights, two columns what they read of the rows; missing rows are read again.
        int four = (rows + 3) / 4;
        long weights = four * (long)Columns * Depth * (kind == ProductFactors.Singles ? 4 : 2);
        TrafficRun.CheckBytes([kernel], weights + (four * 4 * (Columns / 2) * Depth * x.Type.Bytes()) + y.Bytes);
    }

    private void CheckLinear(int sm, Type tile, ProductFactors factors, int rows, int columns, int channels)
    {
        using var run = devices.Open(sm);
        Tensor x = run.Zeros(new Shape(2, 1, rows / 2, channels), TypeOf(factors)), y = run.Zeros(x.Shape with { C = columns }, x.Type);
        var bias = run.Zeros(Shape.Vector(columns), ElementType.Float32);
        var perImage = run.Zeros(bias.Shape with { N = 2 }, ElementType.Float32);
        var filter = run.Filter(new FilterShape(columns, channels), factors);
        var call = new LinearCall(y, x, filter, new Epilogue(bias, perImage, run.Zeros(y.Shape, y.Type)));
        run.CheckProduct(tile, ProductArgumentsTensor.Of(call), y, factors, () => run.Linear(tile).Run(call));
    }

    private static ElementType TypeOf(ProductFactors factors) =>
        factors == ProductFactors.Halves ? ElementType.Float16 : ElementType.Float32;

    private static IEnumerable<Type> TilesOf(int sm) =>
        ProductPlanTensor.Tiles.Where(tile => sm >= 80 || tile.ThreadSums <= 64).Select(tile => tile.Tile);

    private static ProductTileSizeTensor SizeOf(Type tile) => ProductPlanTensor.Tiles.Single(size => size.Tile == tile);
}
