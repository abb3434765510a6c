using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Tests.Evs;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>Texts for runs of frames: each frame gets what it would get if its text were the only one.</summary>
public sealed class TextContextTests : IDisposable
{
    private readonly Device _d = Device.Open();

    public void Dispose() => _d.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_image_model_sees_each_frame_with_its_own_text(int framesPerPass)
    {
        using var scope = _d.Enter("test");
        var draw = new Draw(3);
        Tensor x = draw.Normals(_d, new Shape(5, 8, 8, 4)), one = draw.Normals(_d, Text(1)), two = draw.Normals(_d, Text(3));
        float[] mixed = Predict(new TextContext(new TextRun(one, 1), new TextRun(two, 3), new TextRun(one, 1)));
        float[] ofOne = Predict(one), ofTwo = Predict(two);
        int frame = mixed.Length / 5;
        for (int i = 0; i < 5; i++)
        {
            float[] wanted = (i is 1 or 2 or 3 ? ofTwo : ofOne)[(i * frame)..((i + 1) * frame)];
            Assert.Equal(wanted, mixed[(i * frame)..((i + 1) * frame)]);
        }

        Assert.NotEqual(ofOne, ofTwo);

        float[] Predict(TextContext text)
        {
            using var inner = _d.Enter("predict");
            var denoiser = new UNetDenoiser(
                new(SmallNetworks.UNet(_d)), new EvsConfig().CreateImageSampler(), new TextConditions(text, text), 1)
            {
                FramesPerPass = framesPerPass,
            };
            return _d.Download(StepPrediction.Of(_d, denoiser, x, 20, isGuided: false).Positive);
        }
    }

    /// <summary>Through the motion modules all frames hear of each other; equal texts in runs are still one text.</summary>
    [Fact]
    public void The_video_model_takes_a_text_for_each_run()
    {
        using var scope = _d.Enter("test");
        var draw = new Draw(3);
        Tensor x = draw.Normals(_d, new Shape(4, 8, 8, 4)), one = draw.Normals(_d, Text(1)), two = draw.Normals(_d, Text(2));
        var unet = SmallNetworks.UNet(_d);
        float[] whole = Forward(one), runs = Forward(new TextContext(new TextRun(one, 1), new TextRun(one, 3)));
        Assert.Equal(whole, runs);
        var each = _d.Rent(Text(1) with { N = 4 });
        for (int i = 0; i < 4; i++) _d.Kernels.Copy(each.Images(i, 1), one);
        Assert.Equal(whole, Forward(each));
        Assert.NotEqual(whole, Forward(new TextContext(new TextRun(one, 2), new TextRun(two, 2))));

        float[] Forward(TextContext text) =>
            _d.Download(unet.Forward(_d, x, new Conditioning { Timestep = 481, Text = text, Frames = 4 }));
    }

    [Fact]
    public void A_part_of_a_context_has_the_runs_of_its_images_and_equal_parts_are_equal()
    {
        using var scope = _d.Enter("test");
        Tensor one = _d.Rent(Text(1)), two = _d.Rent(Text(2)), each = _d.Rent(Text(1) with { N = 4 });
        var text = new TextContext(new TextRun(one, 2), new TextRun(two, 4), new TextRun(one, 2));
        Assert.Equal([1, 2], text.Slice(1, 3).Runs.Select(run => run.Images));
        Assert.Equal(text.Slice(2, 2), text.Slice(4, 2));
        Assert.Equal(text.Slice(0, 2).GetHashCode(), text.Slice(6, 2).GetHashCode());
        Assert.NotEqual(text.Slice(0, 2), text.Slice(2, 2));
        Assert.Equal(text, text.Slice(0, 8));
        Assert.Equal((TextContext)one, TextContext.FromTensor(one).Slice(3, 2));
        Assert.Equal(each.Images(1, 2).Offset, TextContext.FromTensor(each).Slice(1, 2).Runs[0].Words.Offset);
        Assert.Throws<ArgumentException>(() => text.Of(7));
        Assert.Throws<ArgumentException>(() => new TextContext(new TextRun(one), new TextRun(two, 1)));
        Assert.Throws<ArgumentException>(() => new TextContext());
    }

    private static Shape Text(int chunks) => new(1, 1, 77 * chunks, 32);
}
