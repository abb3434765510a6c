using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

public sealed class ConfigTests
{
    /// <summary>The keys of stable-diffusion-v1-5's unet/config.json that say something about the network.</summary>
    private const string Sd15 = """
        {
          "_class_name": "UNet2DConditionModel", "act_fn": "silu", "attention_head_dim": 8, "block_out_channels": [320, 640, 1280, 1280],
          "center_input_sample": false, "cross_attention_dim": 768,
          "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
          "downsample_padding": 1, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2,
          "mid_block_scale_factor": 1,
          "norm_eps": 1e-05, "norm_num_groups": 32, "out_channels": 4, "sample_size": 64, "class_embed_type": null,
          "addition_embed_type": null,
          "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
        }
        """;

    [Theory]
    [InlineData(Sd15)]
    [InlineData("{}")]
    public void Stable_Diffusion_1_5_is_read_and_is_the_default(string json)
    {
        var (config, sd15) = (UNetConfig.Parse(Json(json)), UNetConfig.Sd15);
        Assert.Equal(sd15.BlockOutChannels, config.BlockOutChannels);
        Assert.Equal(sd15.DownHasAttention, config.DownHasAttention);
        Assert.Equal(sd15.UpHasAttention, config.UpHasAttention);
        config = config with
        {
            BlockOutChannels = sd15.BlockOutChannels,
            DownHasAttention = sd15.DownHasAttention,
            UpHasAttention = sd15.UpHasAttention,
        };
        Assert.Equal(sd15, config);
    }

    [Fact]
    public void The_embedded_model_is_read()
    {
        var unet = UNetConfig.Parse(Embedded("unet"));
        Assert.Equal([64, 96, 128, 128], unet.BlockOutChannels);
        Assert.Equal((1, 64, 2, 32), (unet.LayersPerBlock, unet.CrossAttentionDim, unet.Heads, unet.NormNumGroups));
        var motion = MotionConfig.Parse(Embedded("motion_adapter"));
        Assert.Equal((1, 2, 32, true), (motion.LayersPerBlock, motion.Heads, motion.MaxFrames, motion.HasMidBlock));
        motion.EnsureFits(unet);
        var vae = VaeConfig.Parse(Embedded("vae"));
        Assert.Equal([24, 48, 96, 96], vae.BlockOutChannels);
        Assert.Equal((2, 8, 0.38328f, 8), (vae.LayersPerBlock, vae.NormNumGroups, vae.ScalingFactor, vae.Factor));
        var clip = ClipConfig.Parse(Embedded("text_encoder"));
        Assert.Equal(new ClipConfig(64, 2, 4, 256, 604), clip);
    }

    [Theory]
    [InlineData("""{"addition_embed_type": "text_time"}""", "SDXL")]
    [InlineData("""{"projection_class_embeddings_input_dim": 2816}""", "SDXL")]
    [InlineData("""{"in_channels": 9}""", "inpainting")]
    [InlineData("""{"in_channels": 8}""", "InstructPix2Pix")]
    [InlineData("""{"use_linear_projection": true}""", "Stable Diffusion 2")]
    [InlineData("""{"attention_head_dim": [5, 10, 20, 20]}""", "attention_head_dim is [5, 10, 20, 20]")]
    [InlineData("""{"attention_head_dim": 7}""", "does not divide 320 channels")]
    [InlineData("""{"norm_num_groups": 48}""", "does not divide 320 channels")]
    [InlineData("""{"cross_attention_dim": [768, 768]}""", "cross_attention_dim")]
    [InlineData("""{"block_out_channels": [320, "x"]}""", "block_out_channels")]
    [InlineData("""{"down_block_types": ["DownBlock2D"]}""", "4 levels")]
    [InlineData("""{"down_block_types": ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"]}""", "AttnDownBlock2D")]
    [InlineData("""{"mid_block_type": "UNetMidBlock2DSimpleCrossAttn"}""", "mid_block_type")]
    [InlineData("""{"resnet_time_scale_shift": "scale_shift"}""", "resnet_time_scale_shift")]
    [InlineData("""{"transformer_layers_per_block": [1, 2, 10]}""", "transformer_layers_per_block")]
    [InlineData("""{"time_cond_proj_dim": 256}""", "time_cond_proj_dim")]
    [InlineData("""{"layers_per_block": 0}""", "layers_per_block")]
    [InlineData("""{"norm_eps": 1e999}""", "norm_eps is 1e999; a number from 1E-12 to 0.01 is needed")]
    [InlineData("""{"norm_eps": -1}""", "norm_eps is -1")]
    [InlineData("""{"up_block_types": ["UpBlock2D", "UpBlock2D", "UpBlock2D", "UpBlock2D"]}""", "no block looks at the text")]
    [InlineData("""{"norm_eps": "small"}""", "norm_eps")]
    [InlineData("""[1]""", "object")]
    public void Other_image_models_are_refused_with_the_reason(string json, string reason) =>
        Refused(() => UNetConfig.Parse(Json(json)), reason);

    [Theory]
    [InlineData("""{"latent_channels": 16}""", "latent_channels")]
    [InlineData("""{"shift_factor": 0.1159}""", "shift_factor")]
    [InlineData("""{"use_quant_conv": false}""", "use_quant_conv")]
    [InlineData(
        """{"down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "AttnDownEncoderBlock2D"]}""",
        "AttnDownEncoderBlock2D")]
    public void Other_autoencoders_are_refused_with_the_reason(string json, string reason) =>
        Refused(() => VaeConfig.Parse(Json(json)), reason);

    [Theory]
    [InlineData("""{"model_type": "t5"}""", "t5")]
    [InlineData("""{"hidden_act": "gelu_new"}""", "gelu_new")]
    [InlineData("""{"hidden_size": 100, "num_attention_heads": 12}""", "100 channels")]
    public void Other_text_encoders_are_refused_with_the_reason(string json, string reason) =>
        Refused(() => ClipConfig.Parse(Json(json)), reason);

    [Theory]
    [InlineData("""{"conv_in_channels": 9}""", "conv_in_channels")]
    [InlineData("""{"motion_transformer_layers_per_block": 2}""", "motion_transformer_layers_per_block")]
    [InlineData("""{"motion_num_attention_heads": 7}""", "320 channels")]
    [InlineData("""{"use_motion_mid_block": "yes"}""", "use_motion_mid_block")]
    public void Other_motion_adapters_are_refused_with_the_reason(string json, string reason) =>
        Refused(() => MotionConfig.Parse(Json(json)), reason);

    [Fact]
    public void One_number_for_every_level_may_be_a_list()
    {
        Assert.Equal(8, UNetConfig.Parse(Json("""{"attention_head_dim": [8, 8, 8, 8]}""")).Heads);
        Assert.Equal(4, MotionConfig.Parse(Json("""{"motion_num_attention_heads": [4, 4, 4, 4]}""")).Heads);
        Refused(() => UNetConfig.Parse(Json("""{"attention_head_dim": [8, 8, 8, 4]}""")), "the same number for every level");
    }

    [Fact]
    public void A_motion_adapter_of_another_size_is_refused()
    {
        var motion = MotionConfig.Parse(Embedded("motion_adapter"));
        Refused(() => motion.EnsureFits(UNetConfig.Sd15), "[320, 640, 1280, 1280] x 2");
    }

    [Fact]
    public void Missing_keys_of_an_autoencoder_mean_the_factor_of_Stable_Diffusion_1() =>
        Assert.Equal(0.18215f, VaeConfig.Parse(Json("""{"layers_per_block": 2}""")).ScalingFactor);

    [Fact]
    public void Features_are_named_by_block()
    {
        using var d = Kernels.Device.Open(new Kernels.DeviceOptions(Kernels.Backend.Null));
        var features = SmallNetworks.UNet(d).Features;
        static string Attention(int block, int i) => $"up_blocks.{block}.attentions.{i}.transformer_blocks.0.attn1";
        string[] all = [.. new[] { 1, 2, 3 }.SelectMany(block => Enumerable.Range(0, 3).Select(i => Attention(block, i)))];
        Assert.Equal(all, features.Full);
        Assert.Equal(all[..3], features.Deep);
        Assert.Equal(all[3..], features.Shallow);
        Assert.Equal("up_blocks.1.resnets.1", features.ConvFeature);
        Assert.Empty(features.UpAttentions[0]);
    }

    private static void Refused(Action parse, string reason) =>
        Assert.Contains(reason, Assert.Throws<InputException>(parse).Message, StringComparison.Ordinal);

    private static JsonElement Embedded(string folder) =>
        Json(File.ReadAllText(Repository.File("weights", "evs-tiny", folder, "config.json")));

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
