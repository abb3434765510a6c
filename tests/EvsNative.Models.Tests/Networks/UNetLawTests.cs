using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>Laws of the whole network: selective feature injection, motion modules, the order of frames.</summary>
public sealed class UNetLawTests
{
    private const int Frames = 4;
    private static readonly Shape Latents = new(Frames, 8, 12, 4);

    /// <summary>Self-attentions on the way up and one residual branch: everything that EVS injects.</summary>
    private static string[] All(UNet network) =>
        [.. network.Features.Full.SelectMany(p => new[] { $"{p}.q", $"{p}.k", $"{p}.v" }), network.Features.ConvFeature];

    [Theory]
    [InlineData(0f)]
    [InlineData(0.37f)]
    [InlineData(1f)]
    public void Features_recorded_from_the_same_input_change_nothing(float gamma)
    {
        using var d = Device.Open();
        var network = SmallNetworks.UNet(d);
        var draw = new Draw(1);
        Tensor z = draw.Normals(d, Latents), text = draw.Normals(d, new Shape(1, 1, 77, 32));

        var recorded = new Features(d, All(network));
        float[] plain = Predict(d, network, z, 250, text, Frames);
        float[] recording = Predict(d, network, z, 250, text, Frames, recorded);
        float[] injecting = Predict(d, network, z, 250, text, Frames, recorded.Injecting(gamma));
        Assert.Equal((9 * 3) + 1, recorded.Count);
        Assert.InRange(Relative.Error(recording, plain), 0, 1e-5);
        Assert.InRange(Relative.Error(injecting, plain), 0, 1e-5);
    }

    [Fact]
    public void Injected_features_bring_another_input_nearer_to_the_recorded_pass()
    {
        using var d = Device.Open();
        var network = SmallNetworks.UNet(d);
        var draw = new Draw(2);
        Tensor z = draw.Normals(d, Latents), other = draw.Normals(d, Latents), text = draw.Normals(d, new Shape(1, 1, 77, 32));

        var recorded = new Features(d, All(network));
        float[] source = Predict(d, network, z, 250, text, Frames, recorded);
        double[] errors = [.. new[] { 0f, 0.5f, 1f }.Select(gamma =>
            Relative.Error(Predict(d, network, other, 250, text, Frames, recorded.Injecting(gamma)), source))];
        double without = Relative.Error(Predict(d, network, other, 250, text, Frames), source);
        Assert.True(errors[2] < without, $"{errors[2]} is not below {without}");
        Assert.True(errors[2] < errors[0], $"{errors[2]} is not below {errors[0]}");
    }

    [Fact]
    public void Motion_modules_that_put_out_nothing_leave_the_image_model()
    {
        using var d = Device.Open();
        var weights = new ListedWeights { IsZero = name => name.Contains("motion_modules") && name.Contains(".proj_out.") };
        var network = SmallNetworks.UNet(d, weights);
        var draw = new Draw(3);
        Tensor z = draw.Normals(d, Latents), text = draw.Normals(d, new Shape(1, 1, 77, 32));

        float[] image = Predict(d, network, z, 700, text);
        float[] video = Predict(d, network, z, 700, text, Frames);
        Assert.InRange(Relative.Error(video, image), 0, 1e-6);
    }

    [Fact]
    public void The_image_model_treats_each_frame_alone()
    {
        using var d = Device.Open();
        var network = SmallNetworks.UNet(d);
        var draw = new Draw(4);
        Tensor z = draw.Normals(d, Latents), text = draw.Normals(d, new Shape(1, 1, 77, 32));

        float[] together = Predict(d, network, z, 481, text);
        float[] alone = [.. Enumerable.Range(0, Frames).SelectMany(n => Predict(d, network, z.Images(n, 1), 481, text))];
        Assert.InRange(Relative.Error(alone, together), 0, 1e-6);
    }

    [Fact]
    public void The_image_model_does_not_care_for_the_order_of_frames_and_the_video_model_does()
    {
        int[] order = [2, 0, 3, 1];
        using var d = Device.Open();
        var network = SmallNetworks.UNet(d);
        var draw = new Draw(5);
        float[] values = draw.Normals(Latents.Count);
        Tensor z = d.Upload(values, Latents), permuted = d.Upload(Permuted(values), Latents);
        var text = draw.Normals(d, new Shape(1, 1, 77, 32));

        Assert.InRange(Relative.Error(Noise(permuted, 0), Permuted(Noise(z, 0))), 0, 1e-6);
        Assert.InRange(Relative.Error(Noise(permuted, Frames), Permuted(Noise(z, Frames))), 1e-3, 1);

        float[] Noise(Tensor latents, int frames) => Predict(d, network, latents, 481, text, frames);
        float[] Permuted(float[] v) => [.. order.SelectMany(n => v.AsSpan(n * (v.Length / Frames), v.Length / Frames).ToArray())];
    }

    [Fact]
    public void Videos_in_one_batch_do_not_see_each_other()
    {
        using var d = Device.Open();
        var network = SmallNetworks.UNet(d);
        var draw = new Draw(6);
        Tensor z = draw.Normals(d, Latents with { N = 2 * Frames }), text = draw.Normals(d, new Shape(1, 1, 77, 32));

        float[] together = Predict(d, network, z, 481, text, Frames);
        float[] alone = [.. new[] { 0, Frames }.SelectMany(first => Predict(d, network, z.Images(first, Frames), 481, text, Frames))];
        Assert.InRange(Relative.Error(alone, together), 0, 1e-6);
    }

    [Fact]
    public void Groups_of_frames_change_no_value_of_the_autoencoder()
    {
        using var d = Device.Open();
        var w = SmallNetworks.Weights(d);
        Vae whole = new(w, SmallNetworks.VaeSizes), grouped = new(w, SmallNetworks.VaeSizes, budgetBytes: 2 * 64 * 32 * 40 * sizeof(float));
        var images = new Draw(7).Normals(d, new Shape(5, 32, 40, 3), 0.5f);
        var latents = whole.Encode(d, images);
        Assert.Equal(d.Download(latents), d.Download(grouped.Encode(d, images)));
        Assert.Equal(d.Download(whole.Decode(d, latents)), d.Download(grouped.Decode(d, latents)));
    }

    private static float[] Predict(
        Device d, UNet network, Tensor latents, float timestep, Tensor text, int frames = 0, IFeatureTap? tap = null) =>
        d.Download(network.Forward(d, latents, new Conditioning { Timestep = timestep, Text = text, Frames = frames, Tap = tap }));
}
