using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class WinogradTests(Agreement devices) : IClassFixture<Agreement>
{
    // Plain float32 summation over as many channels has 0.7e-6; see Winograd for why tiles of 4 x 4 have more.
    private const double Tolerance = 2.5e-6;

    [Theory]
    [InlineData(1, 16, 16, 64, 0, 64, null)]
    [InlineData(2, 9, 11, 64, 0, 80, null)]
    [InlineData(3, 13, 7, 96, 32, 64, null)]
    [InlineData(1, 12, 21, 272, 0, 72, null)]
    [InlineData(2, 5, 7, 80, 0, 65, "10x14")]
    [InlineData(2, 5, 7, 80, 48, 65, "11x13")]
    [InlineData(5, 17, 18, 64, 0, 64, null)]
    public void Convolutions_by_tiles_are_what_the_definition_says(int n, int h, int w, int channels, int channels2, int output,
        string? upsampled)
    {
        var draw = new Draw(h);
        int[]? size = upsampled?.Split('x').Select(int.Parse).ToArray();
        var geometry = new ConvGeometry(1, ConvPadding.Same, size is null ? null : (size[0], size[1]));
        var x = Values.Normal(draw, new Shape(n, h, w, channels));
        var x2 = channels2 > 0 ? Values.Normal(draw, x.Shape with { C = channels2 }) : null;
        var filter = new FilterShape(output, channels + channels2, 3);
        float[] weights = draw.Normals(filter.Count);
        var y = Convolutions.Result(x.Shape, filter, geometry);
        var epilogue = EpilogueValues.Any(draw, y);
        foreach (int lane in (int[])[16, 8, 4])
            Assert.Equal(ConvMethod.Winograd, ConvPlan.Choose(filter, geometry, y, channels, channels2, lane));
        devices.Check(Convolutions.Conv2d(x, x2, filter, weights, geometry, epilogue), Tolerance, $"x {x.Shape}, filter {filter}", d =>
        {
            var got = Draw.Poisoned(d, y);
            d.Kernels.Conv2d(got, x.On(d), x2?.On(d), d.Pack(filter, weights), geometry, epilogue.On(d));
            return got;
        });
    }

    [Fact]
    public void More_tiles_than_the_budget_holds_give_what_each_image_gives_alone()
    {
        using var d = Device.Open();
        using var scope = d.Enter("test");
        var draw = new Draw(1);
        var shape = new Shape(40, 16, 16, 1280);
        var filter = new FilterShape(64, shape.C, 3);
        Assert.True(new WinogradTiles(shape, shape.C, 128) is { ChunksAtATime: var some, PerChunk: var each } && some * each * 2 < 640,
            "the budget holds too many tiles for this test");
        var weights = d.Pack(filter, draw.Normals(filter.Count));
        Tensor x = draw.Normals(d, shape), all = Draw.Poisoned(d, shape with { C = filter.Out }),
            one = Draw.Poisoned(d, all.Shape with { N = 1 });
        d.Kernels.Conv2d(all, x, null, weights, new ConvGeometry(1), default);
        foreach (int image in (int[])[0, 17, 39])
        {
            d.Kernels.Conv2d(one, x.Images(image, 1), null, weights, new ConvGeometry(1), default);
            Assert.Equal(d.Download(one), d.Download(all.Images(image, 1)));
        }
    }

    [Fact]
    public void Constant_pictures_stay_constant_inside()
    {
        using var d = Device.Open();
        using var scope = d.Enter("test");
        var filter = new FilterShape(64, 64, 3);
        float[] weights = new float[filter.Count];
        for (int o = 0; o < 64; o++) weights[(((o * 64) + o) * 9) + 4] = 1;
        Tensor x = d.Upload([.. Enumerable.Repeat(3.25f, 16 * 16 * 64)], new Shape(1, 16, 16, 64)), y = Draw.Poisoned(d, x.Shape);
        d.Kernels.Conv2d(y, x, null, d.Pack(filter, weights), new ConvGeometry(1), default);
        Assert.All(d.Download(y), value => Assert.Equal(3.25f, value, 2e-6f));
    }
}
