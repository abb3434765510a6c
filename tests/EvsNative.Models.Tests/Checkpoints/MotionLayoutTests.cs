using EvsNative.Layers;
using EvsNative.Models.Sampling;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>
/// Motion modules are found under any names that files have them by; what kind they are is told by their tensors where these differ, and
/// relatives that cannot be computed are named.
/// </summary>
public sealed class MotionLayoutTests : IDisposable
{
    private const string Module = "down_blocks.0.motion_modules.0.temporal_transformer.", Norm = Module + "norm.weight";

    private readonly TemporaryFolder _folder = new();
    private readonly WeightFiles _files = new();

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    private static List<(string Name, long[] Shape)> Tensors(bool hasMid = true, long? rows = 32) =>
        [.. MotionTensors.Of([32], 1, hasMid, rows)];

    private ModelPart<MotionConfig> Open(string path) => MotionAdapterFile.Open(_files, path);

    /// <summary>A file of zeros with these names and shapes.</summary>
    private string Zeros(params (string Name, long[] Shape)[] tensors) =>
        MotionTensors.Save(_folder[$"{Guid.NewGuid():N}.safetensors"], [], others: tensors);

    private InputException Refused(string path) => Assert.Throws<InputException>(() => Open(path));

    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    [InlineData("unet.")]
    [InlineData("model.")]
    [InlineData("state_dict.")]
    [InlineData("motion_modules.")]
    [InlineData("animatediff.")]
    [InlineData("state_dict.module.")]
    [InlineData("model.diffusion_model.")]
    [InlineData("a.mid_block.down_blocks.7.")]
    public void Behind_any_prefix_and_in_either_spelling_are_the_same_numbers(string prefix)
    {
        var tensors = Tensors();
        foreach (bool isOriginal in (bool[])[false, true])
        {
            var part = Open(MotionTensors.Save(_folder[$"{isOriginal}.safetensors"], tensors, prefix, isOriginal));
            Assert.Equal(isOriginal ? CheckpointLayout.AnimateDiffOriginal : CheckpointLayout.Diffusers, part.Facts.Layout);
            Assert.Equal(new MotionConfig([32], 1, 8, 32, 32, true), part.Config with { BlockOutChannels = [32] }, new SameSizes());
            Assert.Equal(2, part.Facts.Version);
            Assert.Equal(tensors.Count - Count(".pe"), part.Weights.Names.Count);
            foreach (var (name, shape) in tensors.Where(tensor => !tensor.Name.EndsWith(".pe", StringComparison.Ordinal)))
            {
                float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
                part.Weights.Read(name, shape, values);
                Assert.Equal(MotionTensors.Numbers(name, shape), values);
            }
        }

        _files.Verify();
        int Count(string end) => tensors.Count(tensor => tensor.Name.EndsWith(end, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, true, 24L, "an AnimateDiff v1 motion adapter", 24)]
    [InlineData(false, false, 24L, "an AnimateDiff v1 motion adapter", 24)]
    [InlineData(false, true, 32L, "an AnimateDiff v3 motion adapter", 32)]
    [InlineData(false, false, 32L, "an AnimateDiff v3 motion adapter", 32)]
    [InlineData(false, true, 64L, "an AnimateDiff motion adapter", 64)]
    [InlineData(false, true, null, "an AnimateDiff motion adapter", 32)]
    [InlineData(true, true, null, "an AnimateLCM motion adapter", 64)]
    [InlineData(true, false, null, "a motion adapter", 32)]
    [InlineData(true, true, 32L, "a motion adapter", 32)]
    [InlineData(true, true, 128L, "a motion adapter", 128)]
    public void Middle_block_and_tables_tell_kind_and_frames(bool hasMid, bool isOriginal, long? rows, string sentence, int frames)
    {
        var part = Open(MotionTensors.Save(_folder["m.safetensors"], Tensors(hasMid, rows), "", isOriginal));
        Assert.Equal((sentence, frames), (part.Facts.Sentence, part.Config.MaxFrames));
        bool isKnown = sentence.StartsWith("an", StringComparison.Ordinal);
        Assert.Equal(isKnown, !part.Notices.Any(notice => notice.Code == NoticeCode.Assumed));
        Assert.Equal(isKnown ? CheckpointEvidence.Tensors : default, part.Facts.Evidence);
    }

    [Theory]
    [InlineData("a HotshotXL motion adapter", "down_blocks.0.temporal_attentions.0.norm.weight")]
    [InlineData("a HotshotXL motion adapter", Norm, Module + "transformer_blocks.0.attention_blocks.0.pos_encoder.positional_encoding")]
    [InlineData("a CameraCtrl motion adapter", "state_dict.encoder_down_conv_blocks.0.0.in_conv.weight")]
    [InlineData("a CameraCtrl motion adapter", Module + "transformer_blocks.0.attention_blocks.0.processor.qkv_merge.weight")]
    [InlineData("a MotionCtrl motion adapter", Module + "transformer_blocks.0.cc_projection.weight")]
    [InlineData("an AnimateLCM-I2V motion adapter", Norm, "img_encoder.conv_in.weight")]
    [InlineData("a FancyVideo motion adapter", Norm, "fps_embedding.linear.weight")]
    [InlineData("a SparseCtrl ControlNet", Norm, "controlnet_cond_embedding.conv_in.weight")]
    [InlineData("a ModelScope text-to-video U-Net", "down_blocks.0.temp_convs.0.conv1.0.weight")]
    [InlineData("a motion LoRA", Module + "transformer_blocks.0.attention_blocks.0.processor.to_q_lora.down.weight")]
    public void Relatives_are_named(string what, params string[] names)
    {
        var error = Refused(Zeros([.. names.Select(name => (name, (long[])[32]))]));
        Assert.Equal(InputCode.WrongKind, error.Code);
        Assert.Contains($": {what}: a motion adapter for Stable Diffusion 1.5 is needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void So_are_modules_of_SDXL_by_their_three_levels()
    {
        var levels = new long[] { 320, 640, 1280 }.Select((width, i) => ($"down_blocks.{i}.motion_modules.0.norm.weight", (long[])[width]));
        Assert.Contains("an AnimateDiff-SDXL motion adapter", Refused(Zeros([.. levels])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void And_modules_with_a_first_convolution_of_their_own()
    {
        var error = Refused(Zeros((Norm, [32]), ("conv_in.weight", [32, 9, 3, 3])));
        Assert.Contains("a PIA motion adapter", error.Message, StringComparison.Ordinal);
        error = Refused(Zeros((Norm, [32]), ("time_embedding.x", [1]), ("conv_in.weight", [32, 12, 3, 3])));
        Assert.Equal(InputCode.Unsupported, error.Code);
        Assert.Contains("a whole video U-Net that takes 12 channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_whole_video_U_Net_the_motion_modules_are_taken()
    {
        (string, long[])[] unet = [("module.time_embedding.linear_1.weight", [8, 8]), ("module.conv_in.weight", [32, 4, 3, 3])];
        var tensors = Tensors(hasMid: false, 24);
        string path = MotionTensors.Save(_folder["m.safetensors"], tensors, "module.", isOriginal: true, others: unet);
        var part = Open(path);
        _files.Verify();
        Assert.Equal((CheckpointKind.VideoUNet, MotionKind.AnimateDiff), (part.Facts.Kind, part.Facts.Motion));
        var notice = Assert.Single(part.Notices);
        Assert.Equal(NoticeCode.Unused, notice.Code);
        Assert.Contains("a whole video U-Net: only its motion modules are used", notice.Message, StringComparison.Ordinal);
        Assert.Contains("2 tensors are left aside", notice.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(part.Weights.Names, name => name.Contains("conv_in", StringComparison.Ordinal));
    }

    [Fact]
    public void So_they_are_of_a_folder_of_one()
    {
        string weights = MotionTensors.Save(
            _folder["unet/diffusion_pytorch_model.safetensors"], Tensors(), others: [("time_embedding.linear_1.weight", [8, 8])]);
        File.WriteAllText(_folder["unet/config.json"], """
            { "_class_name": "UNetMotionModel", "layers_per_block": 1, "motion_num_attention_heads": 4, "block_out_channels": [32] }
            """);
        foreach (string path in (string[])[weights, Path.GetDirectoryName(weights)!])
        {
            var config = Open(path).Config;
            Assert.Equal((1, 4, true), (config.LayersPerBlock, config.Heads, config.HasMidBlock));
        }
    }

    [Fact]
    public void What_else_lies_in_a_file_is_told_and_two_sets_of_modules_are_refused()
    {
        string path = MotionTensors.Save(_folder["mm_sd.safetensors"], Tensors(), others: [("global_step", [1])]);
        Assert.Contains("holds more than motion modules; 1 tensor is left aside, such as 'global_step'",
            Assert.Single(Open(path).Notices).Message, StringComparison.Ordinal);
        _files.Verify();
        var error = Refused(Zeros(("a." + Norm, [32]), ("ema." + Norm, [32])));
        Assert.Equal(InputCode.Unsupported, error.Code);
        Assert.Contains("behind 'a.' and 'ema.'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_beside_a_renamed_file_is_its_own_if_the_file_is_alone()
    {
        string path = MotionTensors.Save(_folder["mm_sd.safetensors"], Tensors());
        void Write(string json) => File.WriteAllText(_folder["config.json"], json);
        Write("""
            { "_class_name": "MotionAdapter", "motion_num_attention_heads": 4, "block_out_channels": [32], "motion_layers_per_block": 1 }
            """);
        Assert.Equal(4, Open(path).Config.Heads);
        File.WriteAllText(_folder["other.ckpt"], "");
        Assert.Equal(8, Open(path).Config.Heads);
        File.Delete(_folder["other.ckpt"]);
        Write("""{ "_class_name": "AutoencoderKL" }""");
        Assert.Equal(8, Open(path).Config.Heads);
    }

    [Fact]
    public void A_LoRA_that_modules_go_with_is_asked_for_unless_it_is_there()
    {
        string v3 = MotionTensors.Save(_folder["a.safetensors"], Tensors(hasMid: false), isOriginal: true);
        string lcm = MotionTensors.Save(_folder["b.safetensors"], Tensors(rows: null), isOriginal: true);
        Check(v3, "v3_sd15_adapter", "v3_sd15_adapter.ckpt", "mm_sd15_v3_adapter.safetensors", "a/domain-adapter/model.safetensors");
        Check(lcm, "AnimateLCM_sd15_t2v_lora", "AnimateLCM_sd15_t2v_lora.safetensors", "lcm-lora-sdv1-5/lora_weights.safetensors");

        void Check(string path, string wanted, params string[] given)
        {
            IReadOnlyList<LoraChoice>[] without = [[], [new LoraChoice("snow.safetensors", 0.8)]];
            foreach (var loras in without)
            {
                var notice = Assert.Single(MotionAdapterFile.Open(_files, path, loras: loras).Notices);
                Assert.Equal(NoticeCode.GoesWith, notice.Code);
                Assert.Contains(wanted, notice.Message, StringComparison.Ordinal);
            }

            foreach (string lora in given)
            {
                LoraChoice[] loras = [new("snow.safetensors"), new(lora)];
                Assert.Empty(MotionAdapterFile.Open(_files, path, loras: loras).Notices);
            }
        }
    }

    private sealed class SameSizes : IEqualityComparer<MotionConfig>
    {
        public bool Equals(MotionConfig? x, MotionConfig? y) =>
            x!.BlockOutChannels.SequenceEqual(y!.BlockOutChannels)
            && (x with { BlockOutChannels = [] }).ToString() == (y with { BlockOutChannels = [] }).ToString();

        public int GetHashCode(MotionConfig config) => config.MaxFrames;
    }
}
