using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Networks;

/// <summary>Full-size passes without arithmetic: work as counted by hooks on the reference's modules, and memory.</summary>
public sealed class DryRunTests
{
    private const double Giga = 1e9;

    [Theory]
    [InlineData(64, 64, 803)]
    [InlineData(80, 128, 2463)]
    [InlineData(128, 128, 4674)]
    public void Work_of_the_image_model(int h, int w, double gigaFlops)
    {
        using var d = Open();
        var network = new UNet(SmallNetworks.Weights(d), UNetConfig.Sd15);
        network.Forward(d, d.Rent(new Shape(1, h, w, 4)), new Conditioning { Timestep = 481, Text = d.Rent(new Shape(1, 1, 77, 768)) });
        Assert.Equal(gigaFlops, d.Counting!.TotalFlops / Giga, 0.51);
    }

    /// <summary>The printed numbers count the text's keys and values for each frame, so each frame is given a text here.</summary>
    [Theory]
    [InlineData(64, 64, 17_750)]
    [InlineData(80, 128, 51_650)]
    [InlineData(128, 128, 94_370)]
    public void Work_of_the_video_model(int h, int w, double gigaFlops)
    {
        using var d = Open();
        var network = new UNet(SmallNetworks.Weights(d), UNetConfig.Sd15, MotionConfig.AnimateDiffV2);
        Tensor latents = d.Rent(new Shape(16, h, w, 4)), texts = d.Rent(new Shape(16, 1, 77, 768));
        network.Forward(d, latents, new Conditioning { Timestep = 481, Text = texts, Frames = 16 });
        Assert.Equal(gigaFlops, d.Counting!.TotalFlops / Giga, 5.0);
    }

    [Theory]
    [InlineData(64, 64, 1117, 2515)]
    [InlineData(80, 128, 2921, 6415)]
    [InlineData(128, 128, 4879, 10_470)]
    public void Work_of_the_autoencoder(int h, int w, double encode, double decode)
    {
        using var d = Open();
        var vae = new Vae(SmallNetworks.Weights(d), VaeConfig.Sd15);
        vae.Encode(d, d.Rent(new Shape(1, 8 * h, 8 * w, 3)));
        Assert.Equal(encode, d.Counting!.TotalFlops / Giga, 0.51);
        d.Counting.Reset();
        vae.Decode(d, d.Rent(new Shape(1, h, w, 4)));
        Assert.Equal(decode, d.Counting.TotalFlops / Giga, 0.51);
    }

    [Fact]
    public void Work_of_the_text_encoder()
    {
        using var d = Open();
        new ClipTextEncoder(SmallNetworks.Weights(d), ClipConfig.VitL).Forward(d, new int[77]);
        Assert.Equal(13.3, d.Counting!.TotalFlops / Giga, 0.06);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(9, 23)]
    [InlineData(45, 80)]
    public void Any_size_of_latents_has_a_prediction_of_its_size(int h, int w)
    {
        using var d = Open();
        var network = SmallNetworks.UNet(d);
        foreach (int frames in new[] { 1, 7, 32 })
        {
            var latents = d.Rent(new Shape(frames, h, w, 4));
            var y = network.Forward(d, latents, new Conditioning { Text = d.Rent(new Shape(1, 1, 77, 32)), Frames = frames });
            Assert.Equal(latents.Shape, y.Shape);
        }
    }

    [Fact]
    public void More_frames_than_the_motion_modules_know_are_refused()
    {
        using var d = Open();
        var network = SmallNetworks.UNet(d);
        var conditioning = new Conditioning { Text = d.Rent(new Shape(1, 1, 77, 32)), Frames = 33 };
        var error = Assert.Throws<InputException>(() => network.Forward(d, d.Rent(new Shape(33, 8, 8, 4)), conditioning));
        Assert.Equal(InputCode.TooLarge, error.Code);
        Assert.Contains("33 frames", error.Message, StringComparison.Ordinal);
        Assert.Contains("32", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The skips alone are 5 of these units, the last feed-forward layer 6.</summary>
    [Fact]
    public void Memory_of_the_video_model_is_seventeen_activations_of_the_first_level()
    {
        using var d = Open();
        var network = new UNet(SmallNetworks.Weights(d), UNetConfig.Sd15, MotionConfig.AnimateDiffV2);
        Tensor latents = d.Allocate(new Shape(16, 80, 128, 4)), text = d.Allocate(new Shape(1, 1, 77, 768));
        network.Forward(d, latents, new Conditioning { Timestep = 481, Text = text, Frames = 16 }, into: d.Allocate(latents.Shape));
        Assert.InRange(d.ScratchPeakBytes / (16.0 * 80 * 128 * 320 * sizeof(float)), 11, 17);
    }

    [Fact]
    public void A_pass_leaves_nothing_but_its_result_in_the_arena()
    {
        using var d = Open();
        var network = SmallNetworks.UNet(d);
        Tensor latents = d.Rent(new Shape(4, 16, 24, 4)), text = d.Rent(new Shape(1, 1, 77, 32)), y = d.Rent(latents.Shape);
        d.ResetPeak();
        long before = d.ScratchPeakBytes;
        network.Forward(d, latents, new Conditioning { Timestep = 481, Text = text, Frames = 4 }, into: y);
        Assert.True(d.ScratchPeakBytes > before);
        d.ResetPeak();
        Assert.Equal(before, d.ScratchPeakBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Work_and_memory_of_a_pass_grow_linearly_with_the_frames(int videos)
    {
        // Of a few frames the most memory may be needed elsewhere in the network, where less of it grows with them.
        var (eight, sixteen, all) = (Pass(8), Pass(16), Pass(32));
        // Beside the frames a pass does the text's keys and values once, less than one frame in a hundred.
        Assert.InRange((all.Flops - sixteen.Flops) / 16.0 / ((sixteen.Flops - eight.Flops) / 8.0), 0.99, 1.01 + (0.01 * videos));
        Assert.InRange((all.Bytes - sixteen.Bytes) / 16.0 / ((sixteen.Bytes - eight.Bytes) / 8.0), 0.5, 1.01);

        (long Flops, long Bytes) Pass(int frames)
        {
            using var d = Open();
            var network = new UNet(SmallNetworks.Weights(d), UNetConfig.Sd15, MotionConfig.AnimateDiffV2);
            Tensor latents = d.Rent(new Shape(frames, 32, 32, 4)), text = d.Rent(new Shape(1, 1, 77, 768));
            network.Forward(d, latents, new Conditioning { Timestep = 481, Text = text, Frames = frames * videos });
            return (d.Counting!.TotalFlops, d.ScratchPeakBytes);
        }
    }

    [Fact]
    public void Memory_of_the_autoencoder_does_not_grow_with_the_frames()
    {
        var few = Peaks(2);
        var many = Peaks(16);
        Assert.Equal(few, many);

        static (long Encode, long Decode) Peaks(int frames)
        {
            using var d = Open();
            var vae = new Vae(SmallNetworks.Weights(d), VaeConfig.Sd15, budgetBytes: 300L << 20);
            Tensor images = d.Allocate(new Shape(frames, 512, 512, 3)), latents = d.Allocate(new Shape(frames, 64, 64, 4));
            vae.Encode(d, images, into: latents);
            long encode = d.ScratchPeakBytes;
            d.ResetPeak();
            vae.Decode(d, latents, into: images);
            return (encode, d.ScratchPeakBytes);
        }
    }

    [Fact]
    public void A_picture_whose_sides_are_not_multiples_of_eight_is_refused()
    {
        using var d = Open();
        var vae = new Vae(SmallNetworks.Weights(d), SmallNetworks.VaeSizes);
        var error = Assert.Throws<InputException>(() => vae.Encode(d, d.Rent(new Shape(1, 48, 36, 3))));
        Assert.Contains("36 x 48", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_clip_skip_that_leaves_no_layer_is_refused(int clipSkip)
    {
        using var d = Open();
        var encoder = new ClipTextEncoder(SmallNetworks.Weights(d), SmallNetworks.ClipSizes);
        Assert.Throws<InputException>(() => encoder.Forward(d, new int[77], clipSkip));
    }

    private static Device Open() => Device.Open(new DeviceOptions(Backend.Null, Counts: true));
}
