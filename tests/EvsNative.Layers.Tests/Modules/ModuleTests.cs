using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Layers.Tests.Modules;

/// <summary>What the modules fuse, against the same in separate steps.</summary>
public sealed class ModuleTests
{
    [Fact]
    public void A_resnet_reads_two_tensors_as_if_they_were_one()
    {
        using var d = Device.Open();
        var resnet = new ResnetBlock(Weights(d) / "resnet", 96, 64, tembChannels: 16, groups: 32, eps: 1e-5f);
        var draw = new Draw(1);
        Shape left = new(2, 6, 5, 64), right = left with { C = 32 }, both = left with { C = 96 };
        float[] x = draw.Normals(left.Count), skip = draw.Normals(right.Count);
        var rows = Enumerable.Range(0, (int)left.Rows);
        float[] joined = [.. rows.SelectMany(r => x[(r * 64)..((r + 1) * 64)].Concat(skip[(r * 32)..((r + 1) * 32)]))];
        var temb = draw.Normals(d, Shape.Vector(16));

        float[] got = d.Download(resnet.Forward(d, d.Upload(x, left), d.Upload(skip, right), temb));
        float[] wanted = d.Download(resnet.Forward(d, d.Upload(joined, both), temb: temb));
        Assert.InRange(Relative.Error(got, wanted), 0, 1e-6);
    }

    [Theory]
    [InlineData(12, 10)]
    [InlineData(11, 9)]
    [InlineData(7, 13)]
    public void Upsampling_equals_nearest_neighbour_before_the_convolution(int h, int w)
    {
        using var d = Device.Open();
        var source = Weights(d) / "up";
        var x = new Draw(2).Normals(d, new Shape(2, 6, 5, 32));
        var enlarged = d.Rent(new Shape(2, h, w, 32));
        d.Kernels.Resize(enlarged, x, Interpolation.Nearest);
        float[] wanted = d.Download(new Conv2d(source / "conv", 32, 32).Forward(d, enlarged));
        Assert.InRange(Relative.Error(d.Download(new Upsample(source, 32).Forward(d, x, (h, w))), wanted), 0, 1e-6);
    }

    [Theory]
    [InlineData(8, 6, ConvPadding.Same, 4, 3)]
    [InlineData(9, 7, ConvPadding.Same, 5, 4)]
    [InlineData(8, 6, ConvPadding.After, 4, 3)]
    public void Downsampling_halves_and_rounds_up(int h, int w, ConvPadding padding, int halfH, int halfW)
    {
        using var d = Device.Open();
        var y = new Downsample(Weights(d) / "down", 32, padding).Forward(d, new Draw(3).Normals(d, new Shape(2, h, w, 32)));
        Assert.Equal(new Shape(2, halfH, halfW, 32), y.Shape);
        Assert.Equal(0, d.Kernels.CountNonFinite(y));
    }

    [Fact]
    public void Cross_attention_with_one_text_for_all_equals_a_copy_for_each()
    {
        using var d = Device.Open();
        var attention = new CrossAttention(Weights(d) / "attn2", 64, textChannels: 24, heads: 8);
        var draw = new Draw(4);
        var x = draw.Normals(d, new Shape(3, 4, 5, 64));
        float[] words = draw.Normals(9 * 24);
        Tensor one = d.Upload(words, new Shape(1, 1, 9, 24)), each = d.Upload([.. words, .. words, .. words], new Shape(3, 1, 9, 24));
        Assert.InRange(Relative.Error(d.Download(attention.Forward(d, x, one, x)), d.Download(attention.Forward(d, x, each, x))), 0, 1e-6);
    }

    [Fact]
    public void The_time_embedding_serves_each_image_alike()
    {
        using var d = Device.Open();
        var resnet = new ResnetBlock(Weights(d) / "resnet", 64, 64, tembChannels: 16, groups: 32, eps: 1e-5f);
        var draw = new Draw(5);
        var x = draw.Normals(d, new Shape(3, 4, 5, 64));
        float[] time = draw.Normals(16);
        float[] one = d.Download(resnet.Forward(d, x, temb: d.Upload(time, Shape.Vector(16))));
        float[] each = d.Download(resnet.Forward(d, x, temb: d.Upload([.. time, .. time, .. time], new Shape(3, 1, 1, 16))));
        float[] other = d.Download(resnet.Forward(d, x, temb: d.Upload(draw.Normals(16), Shape.Vector(16))));
        Assert.InRange(Relative.Error(each, one), 0, 1e-6);
        Assert.True(Relative.Error(other, one) > 0.01);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_motion_module_mixes_the_frames_of_a_pixel_and_not_the_pixels_of_a_frame(bool normAcrossFrames)
    {
        const int frames = 5, pixels = 6, channels = 64, changed = 3, left = 2, right = 5;
        using var d = Device.Open();
        var module = new TemporalTransformer(Weights(d) / "motion", channels, heads: 8, groups: 32, maxFrames: 32);
        var shape = new Shape(frames, 2, 3, channels);
        float[] values = new Draw(6).Normals(shape.Count), exchanged = [.. values];

        // Two pixels of one frame change places: the moments of the norm stay.
        Range At(int frame, int pixel) => (((frame * pixels) + pixel) * channels)..(((frame * pixels) + pixel + 1) * channels);
        values.AsSpan(At(changed, left)).CopyTo(exchanged.AsSpan(At(changed, right)));
        values.AsSpan(At(changed, right)).CopyTo(exchanged.AsSpan(At(changed, left)));

        float[] before = d.Download(module.Forward(d, d.Upload(values, shape), frames, normAcrossFrames));
        float[] after = d.Download(module.Forward(d, d.Upload(exchanged, shape), frames, normAcrossFrames));
        for (int frame = 0; frame < frames; frame++)
        {
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                double change = Relative.Error(after.AsSpan(At(frame, pixel)), before.AsSpan(At(frame, pixel)));
                if (pixel is left or right) Assert.InRange(change, 1e-3, 10);
                else Assert.InRange(change, 0, 1e-5);
            }
        }
    }

    [Fact]
    public void A_motion_module_knows_the_order_of_the_frames()
    {
        using var d = Device.Open();
        var module = new TemporalTransformer(Weights(d) / "motion", 64, heads: 8, groups: 32, maxFrames: 32);
        var shape = new Shape(4, 2, 3, 64);
        int size = 2 * 3 * 64;
        float[] values = new Draw(7).Normals(shape.Count);
        float[] got = d.Download(module.Forward(d, d.Upload(Reversed(values), shape), frames: 4));
        float[] wanted = Reversed(d.Download(module.Forward(d, d.Upload(values, shape), frames: 4)));
        Assert.InRange(Relative.Error(got, wanted), 1e-3, 10);

        float[] Reversed(float[] v) => [.. Enumerable.Range(0, 4).SelectMany(n => v[((3 - n) * size)..((4 - n) * size)])];
    }

    private static WeightSource Weights(Device d) => new WeightStore(d, new FormulaWeights()).Root;
}
