using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Adapters;

/// <summary>What adapters do to weights, and which are refused.</summary>
public sealed class LoraMergeTests : IDisposable
{
    private const string Query = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
    private const string Flat = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
    private const string Low = Query + ".lora_A.weight", High = Query + ".lora_B.weight";
    private const string TextQuery = "text_encoder.text_model.encoder.layers.0.self_attn.q_proj";

    private readonly LoraRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private static (string, long[])[] Pair(string module, long rows = 32, long columns = 32, long rank = 4) =>
        [($"{module}.lora_A.weight", [rank, columns]), ($"{module}.lora_B.weight", [rows, rank])];

    private static float[] Difference(LoraMerge merge, string tensor)
    {
        float[] merged = LoraRig.Read(merge.Applied(LoraRig.UNet).Weights, tensor), plain = LoraRig.Read(LoraRig.UNet.Weights, tensor);
        return [.. merged.Zip(plain, (a, b) => a - b)];
    }

    [Fact]
    public void Without_strength_every_network_stays_as_it_is()
    {
        string path = _rig.Write("a.safetensors", [.. Pair($"unet.{Query}"), .. Pair(TextQuery)]);
        foreach (var lora in new[] { new LoraChoice(path, 0), new LoraChoice(path, 0, 0) })
        {
            var merge = _rig.Open([lora]);
            Assert.Same(LoraRig.UNet, merge.Applied(LoraRig.UNet));
            Assert.Same(LoraRig.Text, merge.Applied(LoraRig.Text));
            Assert.Same(LoraRig.Motion, merge.Applied(LoraRig.Motion));
        }
    }

    [Fact]
    public void The_text_encoder_has_a_strength_of_its_own()
    {
        string path = _rig.Write("a.safetensors", [.. Pair($"unet.{Query}"), .. Pair(TextQuery)]);
        var merge = _rig.Open([new LoraChoice(path, 1, 0)]);
        Assert.NotSame(LoraRig.UNet, merge.Applied(LoraRig.UNet));
        Assert.Same(LoraRig.Text, merge.Applied(LoraRig.Text));
        merge = _rig.Open([new LoraChoice(path, 0, 1)]);
        Assert.Same(LoraRig.UNet, merge.Applied(LoraRig.UNet));
        Assert.NotSame(LoraRig.Text, merge.Applied(LoraRig.Text));
    }

    [Fact]
    public void Strengths_multiply_and_several_add_up()
    {
        string path = _rig.Write("a.safetensors", Pair($"unet.{Query}"));
        float[] Of(params double[] strengths) =>
            Difference(_rig.Open([.. strengths.Select(strength => new LoraChoice(path, strength))]), $"{Query}.weight");
        float[] once = Of(1);
        Assert.True(Relative.Error(Of(-0.5), [.. once.Select(value => -0.5f * value)]) < 1e-5);
        Assert.True(Relative.Error(Of(0.25, 0.5, 0.25), once) < 1e-5);
        Assert.All(Of(1, -1), value => Assert.InRange(value, -1e-6f, 1e-6f));
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        string path = _rig.Write(
            "a.safetensors",
            [
                .. Pair("unet.mid_block.resnets.0.conv1", 128, 9 * 128, 17), .. Pair($"unet.{Query}", rank: 3),
                ("lycoris_mid_block_resnets_1_conv1.hada_w1_a", [128, 2]), ("lycoris_mid_block_resnets_1_conv1.hada_w1_b", [2, 1152]),
                ("lycoris_mid_block_resnets_1_conv1.hada_w2_a", [128, 2]), ("lycoris_mid_block_resnets_1_conv1.hada_w2_b", [2, 1152]),
            ]);
        LoraChoice[] loras = [new(path, 0.3), new(path, 0.6)];
        foreach (string tensor in new[] { "mid_block.resnets.0.conv1.weight", "mid_block.resnets.1.conv1.weight", $"{Query}.weight" })
            Assert.Equal(Difference(_rig.Open(loras, 1), tensor), Difference(_rig.Open(loras, 3), tensor));
    }

    [Fact]
    public void Factors_may_be_stored_as_convolutions_where_the_layer_is_linear_and_the_other_way_round()
    {
        const string proj = "up_blocks.2.attentions.0.proj_in";
        string[] forms =
        [
            _rig.Write("a.safetensors", ($"{proj}.lora_A.weight", [4, 64]), ($"{proj}.lora_B.weight", [64, 4])),
            _rig.Write("b.safetensors", ($"{proj}.lora_A.weight", [4, 64, 1, 1]), ($"{proj}.lora_B.weight", [64, 4, 1, 1])),
        ];
        float[][] got = [.. forms.Select(path => Difference(_rig.Open([new LoraChoice(path)]), $"{proj}.weight"))];
        Assert.Equal(got[0], got[1]);
        Assert.Contains(got[0], value => value != 0);
    }

    [Fact]
    public void A_folder_has_its_LoRA_and_its_settings()
    {
        _rig.Write("peft/adapter_model.safetensors", Pair($"base_model.model.{Query}"));
        File.WriteAllText(_rig["peft/adapter_config.json"], """{ "peft_type": "LORA", "r": 4, "lora_alpha": 8, "use_rslora": true }""");
        string plain = _rig.Write("plain/other.safetensors", Pair($"base_model.model.{Query}"));
        float[] With(string path) => Difference(_rig.Open([new LoraChoice(path)]), $"{Query}.weight");
        float[] once = With(Path.GetDirectoryName(plain)!);
        Assert.Equal(once, With(plain));
        Assert.True(Relative.Error(With(_rig["peft"].TrimEnd('/')), [.. once.Select(value => 4 * value)]) < 1e-5);

        _rig.Write("plain/third.safetensors", Pair(Query));
        var error = _rig.Refused(Path.GetDirectoryName(plain)!);
        Assert.Equal(InputCode.NotFound, error.Code);
        Assert.Contains("2 safetensors files (other.safetensors, third.safetensors)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_no_place_is_counted_and_named()
    {
        string path = _rig.Write(
            "a.safetensors",
            [.. Pair($"unet.{Query}"), .. Pair("unet.down_blocks.7.attentions.0.proj_in"), ("something", [2]), ("unet.extra.alpha", [1])]);
        var merge = _rig.Open([new LoraChoice(path)]);
        var notice = Assert.Single(merge.Notices);
        Assert.Equal(NoticeCode.Unused, notice.Code);
        Assert.Equal(
            $"{path}: 4 of 6 tensors have no place in this model and are left out: something, "
            + "unet.down_blocks.7.attentions.0.proj_in.lora_A.weight, unet.down_blocks.7.attentions.0.proj_in.lora_B.weight, ...",
            notice.Message);
        Assert.Contains(Difference(merge, $"{Query}.weight"), value => value != 0);
    }

    [Theory]
    [InlineData("DoRA", $"{Flat}.dora_scale")]
    [InlineData("DoRA", $"base_model.model.{Query}.lora_magnitude_vector.default.weight")]
    [InlineData("OFT", $"{Flat}.oft_blocks")]
    [InlineData("OFT", $"oft_unet_{Query}.oft_diag")]
    [InlineData("BOFT", $"base_model.model.{Query}.boft_R")]
    [InlineData("IA3", $"{Flat}.on_input")]
    [InlineData("GLoRA", $"{Flat}.a1.weight")]
    [InlineData("VeRA", $"base_model.model.{Query}.vera_lambda_b")]
    [InlineData("LoRA of the first format", "unet:0:up")]
    public void Forms_that_are_not_merged_are_named(string form, string tensor)
    {
        var error = _rig.Refused(_rig.Write("a.safetensors", [.. Pair($"unet.{Query}"), (tensor, [1])]));
        Assert.Equal(InputCode.Unsupported, error.Code);
        Assert.Contains($": a {form}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SDXL", "lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", 1280)]
    [InlineData("SDXL", "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight", 2048)]
    [InlineData("SDXL", "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k.lora_A.weight", 2048)]
    [InlineData("SDXL", "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k.hada_w1_b", 2048)]
    [InlineData("Stable Diffusion 2", "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight", 1024)]
    [InlineData("Stable Diffusion 1", "mid_block.attentions.0.transformer_blocks.0.attn2.processor.to_k_lora.down.weight", 768)]
    [InlineData("Flux", "lora_unet_double_blocks_0_img_attn_proj.lora_down.weight", 3072)]
    [InlineData("Flux", "transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight", 3072)]
    [InlineData("Stable Diffusion 3", "diffusion_model.joint_blocks.0.x_block.attn.qkv.lora_A.weight", 1536)]
    [InlineData("a model with a transformer", "transformer.transformer_blocks.0.attn.to_q.lora_A.weight", 1536)]
    public void Those_for_other_families_are_named(string family, string tensor, long width)
    {
        var error = _rig.Refused(_rig.Write("a.safetensors", (tensor, [4, width])));
        Assert.Equal(InputCode.Mismatch, error.Code);
        Assert.Contains($": a LoRA for {family}, the model is of another family", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(InputCode.Mismatch, "changes a weight of 32 x 64 numbers, unet/", Low, 4, 64, High, 32, 4)]
    [InlineData(InputCode.Mismatch, "changes a weight of 64 x 32 numbers, unet/", Low, 4, 32, High, 64, 4)]
    [InlineData(InputCode.Damaged, "are no factors of one matrix", Low, 4, 32, High, 32, 5)]
    [InlineData(InputCode.Incomplete, "are missing", Low, 4, 32, "x", 1, 1)]
    [InlineData(InputCode.Incomplete, "are missing", Query + ".hada_w1_a", 32, 4, Query + ".hada_w1_b", 4, 32)]
    [InlineData(InputCode.Incomplete, "are missing", Query + ".lokr_w1", 4, 4, "x", 1, 1)]
    [InlineData(InputCode.Mismatch, "changes a weight of 16 x 16 numbers", Query + ".lokr_w1", 4, 4, Query + ".lokr_w2", 4, 4)]
    [InlineData(InputCode.Mismatch, "which has none", Query + ".diff_b", 32, 1, "x", 1, 1)]
    [InlineData(InputCode.Damaged, "both change unet/", Query + ".diff", 32, 32, Flat + ".diff", 32, 32)]
    [InlineData(InputCode.Damaged, "is no matrix", Query + ".diff", 0, 32, "x", 1, 1)]
    [InlineData(InputCode.Mismatch, "none of its 2 tensors has a place", "a.lora_A.weight", 4, 4, "b.lora_B.weight", 4, 4)]
    [InlineData(InputCode.WrongKind, "a text encoder: a LoRA for Stable Diffusion 1.5 is needed", "text_model.x", 4, 4, "y", 4, 4)]
    public void What_does_not_fit_is_refused(InputCode code, string words, string first, long a, long b, string second, long c, long d)
    {
        var error = _rig.Refused(_rig.Write("a.safetensors", (first, [a, b]), (second, [c, d])));
        Assert.Equal(code, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, InputCode.NotFinite)]
    [InlineData(float.PositiveInfinity, InputCode.NotFinite)]
    public void Numbers_that_are_none_are_refused(float number, InputCode code)
    {
        var tensors = Pair($"unet.{Query}").Select(tensor => (tensor.Item1, tensor.Item2, (float?)null));
        string path = _rig.Write("a.safetensors", [.. tensors, ($"unet.{Query}.alpha", [], number)]);
        Assert.Equal(code, _rig.Refused(path).Code);
        path = _rig.Write("b.safetensors", [(Query + ".lora_A.weight", [1, 32], null), (Query + ".lora_B.weight", [32, 1], null)]);
        var merge = _rig.Open([new LoraChoice(path, 1e39)]);
        Assert.Contains(Difference(merge, $"{Query}.weight"), value => !float.IsFinite(value));
        Assert.EndsWith("with its LoRA", merge.Applied(LoraRig.UNet).Weights.OriginOf($"{Query}.weight"), StringComparison.Ordinal);
    }

    /// <summary>A factor alone changes nothing, whatever it is called.</summary>
    [Theory]
    [InlineData(".alpha")]
    [InlineData(".scale")]
    public void A_module_without_matrices_has_no_place(string ending)
    {
        string alone = _rig.Write("a.safetensors", ($"{Flat}{ending}", [1]));
        Assert.Equal(InputCode.Mismatch, _rig.Refused(alone).Code);
        string beside = _rig.Write("b.safetensors", [($"{Flat}{ending}", [1]), .. Pair(TextQuery)]);
        var merge = _rig.Open([new LoraChoice(beside)]);
        Assert.Contains("1 of 3 tensors", Assert.Single(merge.Notices).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("emb_params", 64, "--embedding")]
    [InlineData("down_blocks.0.motion_modules.0.transformer_blocks.0.attn1.to_q.weight", 64, "--motion")]
    public void Files_of_other_kinds_are_sent_where_they_belong(string tensor, long width, string option) =>
        Assert.Contains(option, _rig.Refused(_rig.Write("a.safetensors", (tensor, [width, width]))).Message, StringComparison.Ordinal);

    /// <summary>Not a number as it is written here, too many of them, and a file in a folder.</summary>
    [Theory]
    [InlineData(":.5")]
    [InlineData(":0,5")]
    [InlineData(":50%")]
    [InlineData(":0.8:0.5:1")]
    [InlineData(":")]
    public void What_stands_behind_a_file_that_is_there_is_named(string tail)
    {
        string path = _rig.Write("a.safetensors", Pair($"unet.{Query}"));
        var e = _rig.Refused(path + tail);
        Assert.Equal(InputCode.NotFound, e.Code);
        Assert.Contains($"is there, but not with '{tail}'", e.Message, StringComparison.Ordinal);
        Assert.Contains(":0.8", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_LoRA_for_motion_modules_needs_some()
    {
        string path = _rig.Write("a.safetensors", Pair("down_blocks.0.motion_modules.0.transformer_blocks.0.attn1.to_q"));
        Assert.NotSame(LoraRig.Motion, _rig.Open([new LoraChoice(path)]).Applied(LoraRig.Motion));
        var error = _rig.Refused(path, hasMotion: false);
        Assert.Equal(InputCode.Conflict, error.Code);
        Assert.Contains("this run has none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickle_is_as_good_as_any_file()
    {
        var pair = Pair($"unet.{Query}").Select(tensor => (tensor.Item1, tensor.Item2, (float?)null));
        string plain = _rig.Write("a.safetensors", [.. pair, ($"unet.{Query}.alpha", [], 3)]);
        using (var file = TensorFile.Open(plain))
        {
            // Trainers keep alpha as what it is, a whole number.
            var tensors = file.Tensors.Values.Select(tensor => new TorchTensor(
                tensor.Name, [.. tensor.Shape], file.Values(tensor.Name), tensor.Count == 1 ? StoredType.I64 : StoredType.F32)).ToList();
            TorchFiles.WriteZip(_rig["b.ckpt"], tensors);
            TorchFiles.WriteLegacy(_rig["c.pt"], tensors);
        }

        float[] wanted = Difference(_rig.Open([new LoraChoice(plain)]), $"{Query}.weight");
        foreach (string pickle in new[] { "b.ckpt", "c.pt" })
            Assert.Equal(wanted, Difference(_rig.Open([new LoraChoice(_rig[pickle])]), $"{Query}.weight"));
    }

    [Fact]
    public void A_model_is_opened_with_its_LoRAs()
    {
        string path = _rig.Write("a.safetensors", [.. Pair($"unet.{Query}", 64, 64), ("unet.extra.alpha", [1])]);
        using var plain = ModelParts.Open(Repository.File("weights", "evs-tiny"), null);
        using var parts = ModelParts.Open(
            new ModelRequest(Repository.File("weights", "evs-tiny")) { Loras = [new LoraChoice(path, 0.5)], Threads = 1 });
        Assert.NotEqual(LoraRig.Read(plain.UNet.Weights, $"{Query}.weight"), LoraRig.Read(parts.UNet.Weights, $"{Query}.weight"));
        Assert.Equal(plain.UNet.Weights.StorageOf($"{Query}.weight"), parts.UNet.Weights.StorageOf($"{Query}.weight"));
        Assert.Contains(parts.Notices, notice => notice.Code == NoticeCode.Unused);
    }
}
