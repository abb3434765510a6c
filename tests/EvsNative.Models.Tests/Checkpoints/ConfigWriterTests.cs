using System.Text.Json;
using EvsNative.Kernels;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>What is written as config.json is what is read, and says what diffusers and transformers need.</summary>
public sealed class ConfigWriterTests
{
    [Fact]
    public void A_U_Net_is_read_back_as_it_was_written()
    {
        var config = new UNetConfig([64, 96], [true, false], [false, true], 1, 48, 4, 16, 1e-6f);
        var read = UNetConfig.Parse(Written(json => ConfigWriter.Write(json, config)));
        Assert.Equal(config.BlockOutChannels, read.BlockOutChannels);
        Assert.Equal(config.DownHasAttention, read.DownHasAttention);
        Assert.Equal(config.UpHasAttention, read.UpHasAttention);
        var lists = config with
        {
            BlockOutChannels = read.BlockOutChannels,
            DownHasAttention = read.DownHasAttention,
            UpHasAttention = read.UpHasAttention,
        };
        Assert.Equal(lists, read);
    }

    [Fact]
    public void So_is_an_autoencoder()
    {
        var config = new VaeConfig([24, 48, 96], 1, 4, 8, 0.38328f);
        var read = VaeConfig.Parse(Written(json => ConfigWriter.Write(json, config)));
        Assert.Equal(config.BlockOutChannels, read.BlockOutChannels);
        Assert.Equal(config with { BlockOutChannels = read.BlockOutChannels }, read);
    }

    [Fact]
    public void So_is_a_text_encoder()
    {
        var config = new ClipConfig(64, 2, 4, 256, 604, 50, Activation.Gelu, 1e-6f);
        Assert.Equal(config, ClipConfig.Parse(Written(json => ConfigWriter.Write(json, config))));
    }

    [Fact]
    public void So_is_a_motion_adapter()
    {
        var config = new MotionConfig([64, 96], 1, 2, 16, 24, HasMidBlock: false);
        var read = MotionConfig.Parse(Written(json => ConfigWriter.Write(json, config)));
        Assert.Equal(config.BlockOutChannels, read.BlockOutChannels);
        Assert.Equal(config with { BlockOutChannels = read.BlockOutChannels }, read);
    }

    [Theory]
    [InlineData("unet", """
        { "_class_name": "UNet2DConditionModel", "in_channels": 4, "out_channels": 4, "sample_size": 64, "layers_per_block": 2,
          "attention_head_dim": 8, "block_out_channels": [320, 640, 1280, 1280], "cross_attention_dim": 768,
          "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
          "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"] }
        """)]
    [InlineData("vae", """
        { "_class_name": "AutoencoderKL", "in_channels": 3, "out_channels": 3, "latent_channels": 4, "sample_size": 512,
          "layers_per_block": 2, "scaling_factor": 0.18215, "block_out_channels": [128, 256, 512, 512],
          "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
          "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"] }
        """)]
    [InlineData("text_encoder", """
        { "architectures": ["CLIPTextModel"], "model_type": "clip_text_model", "hidden_act": "quick_gelu", "max_position_embeddings": 77,
          "layer_norm_eps": 1e-05, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072,
          "vocab_size": 49408 }
        """)]
    [InlineData("motion_adapter", """
        { "_class_name": "MotionAdapter", "motion_layers_per_block": 2, "motion_num_attention_heads": 8, "motion_norm_num_groups": 32,
          "motion_max_seq_length": 32, "use_motion_mid_block": true, "block_out_channels": [320, 640, 1280, 1280],
          "_motion_kind": "lightning-8" }
        """)]
    public void A_model_by_formula_says_all_that_other_programs_read(string part, string wanted)
    {
        using var parts = FormulaModels.Open("sd15");
        var written = Json(parts.Networks.Single(network => network.Kind.Folder == part).ConfigText());
        foreach (var field in Json(wanted).EnumerateObject())
        {
            var got = written.GetProperty(field.Name);
            Assert.True(JsonElement.DeepEquals(field.Value, got), $"{field.Name}: {got}");
        }
    }

    private static JsonElement Written(Action<Utf8JsonWriter> fields) => Json(ConfigWriter.Text(fields));

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
