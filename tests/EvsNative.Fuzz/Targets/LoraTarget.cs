using System.Text;
using System.Text.Json;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;

namespace EvsNative.Fuzz.Targets;

/// <summary>LoRAs of every form and way of naming, opened for a model, with a dry run behind them.</summary>
internal sealed class LoraTarget() : FuzzTarget("lora", "a LoRA as one file, whose tensors find their places in a model", 200)
{
    private const string File = "lora.safetensors", Query = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
    private const string Settings = """
        {"unet.r":4,"unet.lora_alpha":8,"unet.use_rslora":true,"unet.alpha_pattern":{"attn1.to_q":3},"text_encoder.lora_alpha":2}
        """;

    private static readonly byte[][] Seeds =
    [
        SafetensorsSeeds.Of(
        [
            ($"lora_unet_{Query.Replace('.', '_')}.lora_down.weight", "F16", [4, 32]),
            ($"lora_unet_{Query.Replace('.', '_')}.lora_up.weight", "F16", [32, 4]),
            ($"lora_unet_{Query.Replace('.', '_')}.alpha", "F16", []),
            ("lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", "F32", [2, 16]),
            ("lora_te_text_model_encoder_layers_0_mlp_fc1.lora_up.weight", "F32", [32, 2]),
            ("lora_te_text_model_encoder_layers_0_mlp_fc1.alpha", "F32", [1]),
        ]),
        SafetensorsSeeds.Of(
        [
            ("unet.conv_in.lora_A.weight", "F32", [2, 4, 3, 3]), ("unet.conv_in.lora_B.weight", "F32", [32, 2, 1, 1]),
            ("unet.conv_in.lora_mid.weight", "F32", [2, 2, 1, 1]), ("conv_norm_out.w_norm", "F32", [32]),
            ("conv_norm_out.b_norm", "F32", [32]),
            ($"{Query}.hada_w1_a", "F32", [32, 2]), ($"{Query}.hada_w1_b", "F32", [2, 32]),
            ($"{Query}.hada_w2_a", "F32", [32, 2]), ($"{Query}.hada_w2_b", "F32", [2, 32]),
        ]),
        SafetensorsSeeds.Of(
        [
            ($"lycoris_{Query}.lokr_w1", "F32", [4, 4]), ($"lycoris_{Query}.lokr_w2_a", "F32", [8, 2]),
            ($"lycoris_{Query}.lokr_w2_b", "F32", [2, 8]), ("diffusion_model.out.2.diff_b", "F32", [4]),
            ("down_blocks.0.motion_modules.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight", "F32", [2, 32]),
            ("down_blocks.0.motion_modules.0.transformer_blocks.0.attn1.processor.to_q_lora.up.weight", "F32", [32, 2]),
        ]),
        WithSettings(),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Whole => SmallModel.Files;

    /// <inheritdoc/>
    public override long UsualBytes => FuzzLimits.DryRunBytes;

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => Each(File, Seeds);

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) => [new(File, TensorNames.Change(dice, dice.Pick(Seeds)))];

    /// <inheritdoc/>
    public override void Read(string folder) => DryRun.Of(folder, lora: Path.Combine(folder, File));

    private static byte[] WithSettings()
    {
        var header = new Dictionary<string, object>
        {
            ["__metadata__"] = new Dictionary<string, string> { ["lora_adapter_metadata"] = Settings, ["ss_network_alpha"] = "1" },
            [$"unet.{Query}.lora_A.weight"] = new { dtype = "F32", shape = new[] { 4, 32 }, data_offsets = new[] { 0, 512 } },
            [$"unet.{Query}.lora_B.weight"] = new { dtype = "F32", shape = new[] { 32, 4 }, data_offsets = new[] { 512, 1024 } },
        };
        byte[] json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        return SafetensorsSeeds.File(json, new byte[1024], json.Length);
    }
}
