using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Networks;

/// <summary>
/// Which tensors the full-size networks ask for, by number and by count of parameters, as published for the checkpoints. That the names
/// are right follows from the goldens, whose weights are made from them.
/// </summary>
public sealed class StrictLoadingTests
{
    private static readonly MotionConfig WithoutMidBlock = MotionConfig.AnimateDiffV2 with { HasMidBlock = false };

    [Fact]
    public void Image_model_reads_686_tensors() => Check(686, 859_520_964, [], w => new UNet(w, UNetConfig.Sd15));

    [Fact]
    public void Autoencoder_reads_248_tensors() => Check(248, 83_653_863, [], w => new Vae(w, VaeConfig.Sd15));

    [Fact]
    public void Text_encoder_reads_196_tensors_and_passes_over_position_ids() =>
        Check(196, 123_060_480, ["text_model.embeddings.position_ids"], w => new ClipTextEncoder(w, ClipConfig.VitL));

    [Fact]
    public void Motion_adapter_has_567_tensors_with_its_positions() => CheckMotion(567, 453_209_280, MotionConfig.AnimateDiffV2);

    [Fact]
    public void Motion_adapter_without_middle_block_has_540_tensors_with_its_positions() => CheckMotion(540, 417_137_600, WithoutMidBlock);

    [Fact]
    public void A_motion_adapter_with_a_middle_block_does_not_pass_for_one_without()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        string[] asked = MotionTensors(d, MotionConfig.AnimateDiffV2);
        var store = new WeightStore(d, new ListedWeights(asked));
        _ = new UNet(SmallNetworks.Weights(d), UNetConfig.Sd15, WithoutMidBlock, store.Root);
        var error = Assert.Throws<InputException>(store.Verify);
        Assert.All(error.Details, line => Assert.Contains("mid_block.motion_modules.0", line, StringComparison.Ordinal));
        Assert.Equal(26, error.Details.Count);
    }

    [Fact]
    public void Image_and_video_model_share_their_weights()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var store = new WeightStore(d, new FormulaWeights());
        _ = new UNet(store.Root, UNetConfig.Sd15, MotionConfig.AnimateDiffV2);
        long bytes = d.PersistentBytes;
        _ = new UNet(store.Root, UNetConfig.Sd15);
        Assert.Equal(bytes, d.PersistentBytes);
    }

    private static void CheckMotion(int tensors, long parameters, MotionConfig config)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        string[] positions = [.. MotionTensors(d, config).Where(n => n.EndsWith("norm1.weight", StringComparison.Ordinal))
            .Select(n => n.Replace("norm1.weight", "pos_embed.pe", StringComparison.Ordinal))];
        Check(tensors - positions.Length, parameters, positions, w => new UNet(SmallNetworks.Weights(d), UNetConfig.Sd15, config, w), d);
    }

    private static string[] MotionTensors(Device d, MotionConfig config)
    {
        var asked = new ListedWeights();
        _ = new UNet(SmallNetworks.Weights(d), UNetConfig.Sd15, config, new WeightStore(d, asked).Root);
        return [.. asked.Asked.Keys];
    }

    private static void Check(int tensors, long parameters, string[] ignored, Func<WeightSource, object> build, Device? device = null)
    {
        using var own = device is null ? Device.Open(new DeviceOptions(Backend.Null)) : null;
        var d = device ?? own!;
        var asked = new ListedWeights();
        build(new WeightStore(d, asked).Root);
        Assert.Equal(tensors, asked.Asked.Count);
        Assert.Equal(parameters, asked.Parameters);

        var exact = new WeightStore(d, new ListedWeights([.. asked.Asked.Keys, .. ignored]));
        build(exact.Root);
        exact.Verify();

        var extra = new WeightStore(d, new ListedWeights([.. asked.Asked.Keys, "surplus.weight"]));
        build(extra.Root);
        Assert.Contains("surplus.weight", Assert.Single(Assert.Throws<InputException>(extra.Verify).Details), StringComparison.Ordinal);
    }
}
