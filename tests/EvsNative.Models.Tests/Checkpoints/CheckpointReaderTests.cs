using EvsNative.Layers;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>What a file is is a record, read from the names and shapes of its tensors; its sentence follows from it.</summary>
public sealed class CheckpointReaderTests
{
    private const string Input = "model.diffusion_model.input_blocks.0.0.weight";
    private const string Keys = "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight";
    private const string Vae = "first_stage_model.encoder.conv_in.weight";

    [Theory]
    [InlineData(Vae, 4, 768, "Checkpoint StableDiffusion1 None", "a Stable Diffusion 1 checkpoint")]
    [InlineData(Vae, 4, 1024, "Checkpoint StableDiffusion2 None", "a Stable Diffusion 2 checkpoint")]
    [InlineData(Vae, 9, 768, "Checkpoint StableDiffusion1 Inpainting", "a Stable Diffusion 1 inpainting checkpoint")]
    [InlineData(Vae, 8, 768, "Checkpoint StableDiffusion1 InstructPix2Pix", "a Stable Diffusion 1 InstructPix2Pix checkpoint")]
    [InlineData("model_ema.decay", 4, 768, "UNet StableDiffusion1 None", "a Stable Diffusion 1 U-Net")]
    [InlineData("model_ema.decay", 4, 2048, "UNet StableDiffusionXl None", "an SDXL U-Net")]
    [InlineData("model_ema.decay", 4, 32, "UNet Unknown None", "a U-Net")]
    [InlineData("model_ema.decay", 9, 32, "UNet Unknown Inpainting", "an inpainting U-Net")]
    public void A_single_file_tells_family_and_variant_by_its_shapes(string other, long inputs, long text, string facts, string sentence) =>
        Check(facts, sentence, CheckpointLayout.SingleFile, (other, [1]), (Input, [2, inputs, 3, 3]), (Keys, [2, text]));

    [Fact]
    public void So_does_a_U_Net_in_the_words_of_diffusers() => Check(
        "UNet StableDiffusion1 Inpainting",
        "a Stable Diffusion 1 inpainting U-Net",
        CheckpointLayout.Diffusers,
        ("down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight", [320, 768]),
        ("conv_in.weight", [320, 9, 3, 3]));

    [Theory]
    [InlineData("conditioner.embedders.0.transformer.x", "Checkpoint StableDiffusionXl", "an SDXL checkpoint")]
    [InlineData("lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight", "Lora", "a LoRA")]
    [InlineData("unet.down_blocks.0.attentions.0.to_q.lora.down.weight", "Lora", "a LoRA")]
    [InlineData("down_blocks.0.motion_modules.0.x.attn1.processor.to_q_lora.down.weight", "MotionLora", "a motion LoRA")]
    [InlineData("lycoris_unet_x.hada_w1_a", "Lycoris", "a LyCORIS adapter")]
    [InlineData("first_stage_model.decoder.conv_in.weight", "Vae", "a VAE")]
    [InlineData("decoder.conv_in.weight", "Vae", "a VAE")]
    [InlineData("text_model.final_layer_norm.weight", "TextEncoder", "a text encoder")]
    [InlineData("control_model.input_blocks.0.0.weight", "ControlNet", "a ControlNet")]
    [InlineData("controlnet_cond_embedding.conv_in.weight", "ControlNet", "a ControlNet")]
    [InlineData("model.diffusion_model.joint_blocks.0.x", "Transformer StableDiffusion3", "a Stable Diffusion 3 transformer")]
    [InlineData("double_blocks.0.img_attn.norm", "Transformer Flux", "a Flux transformer")]
    [InlineData("model.diffusion_model.init_attn.0.norm.weight", "UNet VideoCrafter", "a VideoCrafter U-Net")]
    [InlineData("emb_params", "TextualInversion", "a textual inversion")]
    [InlineData("thing", "Unknown", "a file of 1 tensors of no kind known here (thing ...)")]
    public void Other_files_are_told_by_one_name(string tensor, string facts, string sentence)
    {
        string[] words = facts.Split(' ');
        Check($"{words[0]} {(words.Length > 1 ? words[1] : "Unknown")} None", sentence, null, (tensor, [2]));
    }

    [Fact]
    public void A_whole_U_Net_with_motion_modules_is_no_adapter() => Check(
        "VideoUNet Unknown None",
        "a whole video U-Net",
        null,
        ("down_blocks.0.motion_modules.0.norm.weight", [320]),
        ("time_embedding.x", [1]));

    [Fact]
    public void A_file_without_tensors_is_called_one() => Check("Empty Unknown None", "a file without tensors", null);

    [Theory]
    [InlineData(true, true, "AnimateDiff")]
    [InlineData(true, false, "Unknown")]
    [InlineData(false, true, "Unknown")]
    public void Only_an_adapter_without_a_middle_is_told_by_its_tensors(bool isWhole, bool lacksMiddle, string family)
    {
        List<(string, long[])> tensors = [("down_blocks.0.motion_modules.0.norm.weight", [320])];
        if (isWhole) tensors.Add(("up_blocks.0.motion_modules.0.norm.weight", [320]));
        if (!lacksMiddle) tensors.Add(("mid_block.motion_modules.0.norm.weight", [320]));
        string sentence = family == "Unknown" ? "a motion adapter" : "an AnimateDiff motion adapter";
        Check($"MotionAdapter {family} None", sentence, CheckpointLayout.Diffusers, [.. tensors]);
    }

    [Fact]
    public void The_original_AnimateDiff_has_names_of_its_own() => Check(
        "MotionAdapter Unknown None",
        "a motion adapter",
        CheckpointLayout.AnimateDiffOriginal,
        ("module.down_blocks.0.motion_modules.0.temporal_transformer.norm.weight", [320]));

    private static void Check(string facts, string sentence, CheckpointLayout? layout, params (string Name, long[] Shape)[] tensors)
    {
        var found = CheckpointReader.Read(new ShapesOnly(tensors));
        Assert.Equal(facts, $"{found.Kind} {found.Family} {found.Variant}");
        Assert.Equal(sentence, found.Sentence);
        Assert.Equal(CheckpointEvidence.Tensors, found.Evidence);
        if (layout is not null) Assert.Equal(layout, found.Layout);
    }
}
