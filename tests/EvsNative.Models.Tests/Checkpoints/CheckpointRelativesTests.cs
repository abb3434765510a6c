namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>Every relative of the files that are read is known by what its own writer puts into it, and called by its name.</summary>
public sealed class CheckpointRelativesTests
{
    private const string UNet = "model.diffusion_model.input_blocks.0.0.weight:320,4,3,3";
    private const string Keys = "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight:320,";
    private const string Sd1 = $"{UNet} {Keys}768";
    private const string Vae = "first_stage_model.decoder.conv_in.weight:512,4,3,3";
    private const string Text = "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight:49408,768";

    private const string Down = "down_blocks.0.resnets.0.norm1.weight", Input = "conv_in.weight:320,4,3,3";
    private const string DiffusersKeys = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight:320,768";

    // Names and shapes as the programs write them that made the formats; only as many as tell one from the other.
    [Theory]
    [InlineData($"{Sd1} {Vae} {Text}", "a Stable Diffusion 1 checkpoint")]
    [InlineData($"{Sd1} {Text}", "a Stable Diffusion 1 checkpoint")]
    [InlineData($"{Sd1} {Vae} {Text} lora_te_x.alpha model_ema.decay junk", "a Stable Diffusion 1 checkpoint")]
    [InlineData($"{Sd1} {Vae} {Text} control_model.input_blocks.0.0.weight:320,4,3,3", "a Stable Diffusion 1 checkpoint")]
    [InlineData($"{UNet} {Keys}1024 {Vae} cond_stage_model.model.token_embedding.weight", "a Stable Diffusion 2 checkpoint")]
    [InlineData($"{UNet} {Keys}2048 {Vae} conditioner.embedders.0.transformer.x", "an SDXL checkpoint")]
    [InlineData($"{UNet} {Keys}1280 {Vae} conditioner.embedders.0.model.x", "an SDXL refiner checkpoint")]
    [InlineData($"{UNet} conditioner.embedders.0.transformer.x", "an SDXL checkpoint")]
    [InlineData($"{Sd1} {Vae} v_pred", "a Stable Diffusion 1 v-prediction checkpoint")]
    [InlineData($"{Sd1} {Vae} model.diffusion_model.time_embed.cond_proj.weight:320,256", "a Stable Diffusion 1 LCM-distilled checkpoint")]
    [InlineData($"{Sd1} {Vae} model.diffusion_model.position_net.linears.0.weight", "a Stable Diffusion 1 GLIGEN checkpoint")]
    [InlineData($"{Sd1} {Vae} cc_projection.weight:768,772", "a Stable Diffusion 1 Zero123 checkpoint")]
    [InlineData($"{Sd1} {Vae} cond_stage_model.model.visual.proj", "a Stable Diffusion 1 image-variation checkpoint")]
    [InlineData($"{Sd1} model.diffusion_model.output_blocks.0.0.x", "a Stable Diffusion 1 shrunk U-Net")]
    [InlineData($"{Sd1} {Vae} model.diffusion_model.x.weight.absmax", "a Stable Diffusion 1 quantized checkpoint")]
    [InlineData($"{Sd1} {Vae} scaled_fp8 model.diffusion_model.x.scale_weight", "a Stable Diffusion 1 quantized checkpoint")]
    [InlineData($"{Input} {Down} {DiffusersKeys} {Down}.SCB", "a Stable Diffusion 1 quantized U-Net")]
    [InlineData("model_ema.diffusion_modelinput_blocks00weight:320,4,3,3 model_ema.decay", "a U-Net")]
    [InlineData("model_ema.diffusion_modelinput_blocks00weight:320,9,3,3 model_ema.x.attn2to_kweight:320,768",
        "a Stable Diffusion 1 inpainting U-Net")]
    [InlineData("model.diffusion_model.input_blocks.1.1.time_stack.0.norm1.weight conditioner.embedders.0.x",
        "a Stable Video Diffusion U-Net")]
    [InlineData("down_blocks.0.attentions.0.time_mixer.mix_factor conv_in.weight:320,8,3,3", "a Stable Video Diffusion U-Net")]
    [InlineData($"{Input} {Down} transformer_in.proj_in.weight {DiffusersKeys}", "a ModelScope text-to-video U-Net")]
    [InlineData($"{Input} {Down} {DiffusersKeys}", "a Stable Diffusion 1 U-Net")]
    [InlineData($"unet.{Input} unet.{Down} unet.{DiffusersKeys} vae.decoder.conv_in.weight:512,4,3,3", "a Stable Diffusion 1 checkpoint")]
    [InlineData($"{Input} {Down} {DiffusersKeys} time_embedding.cond_proj.weight:320,256", "a Stable Diffusion 1 LCM-distilled U-Net")]
    [InlineData("conv_in.weight:320,7,3,3 down_blocks.0.x", "an upscaling U-Net")]
    [InlineData("conv_in.weight:320,5,3,3 down_blocks.0.x", "a depth-to-image U-Net")]
    [InlineData("conv_in.weight:320,12,3,3 down_blocks.0.x", "a many-input U-Net")]
    [InlineData($"{Input} {Down} {DiffusersKeys} up_blocks.0.x", "a Stable Diffusion 1 shrunk U-Net")]
    [InlineData($"{Input} {Down} encoder_hid_proj.image_embeds.weight down_blocks.1.attentions.0.add_k_proj.weight", "a Kandinsky U-Net")]
    [InlineData($"conv_in.weight:320,3,3,3 {Down} down_blocks.1.attentions.0.add_k_proj.weight", "a DeepFloyd IF U-Net")]
    [InlineData("clip_txt_pooled_mapper.weight down_blocks.0.0.channelwise.0.weight", "a Stable Cascade U-Net")]
    [InlineData("model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight first_stage_model.decoder.conv_in.weight:512,16,3,3",
        "a Stable Diffusion 3 checkpoint")]
    [InlineData("transformer_blocks.0.attn.add_q_proj.weight pos_embed.proj.weight", "a Stable Diffusion 3 transformer")]
    [InlineData("transformer_blocks.0.attn.add_q_proj.weight single_transformer_blocks.0.x", "a Flux transformer")]
    [InlineData("double_blocks.0.img_attn_qkv.weight txt_in.individual_token_refiner.x", "a HunyuanVideo transformer")]
    [InlineData("adaln_single.linear.weight caption_projection.linear_1.weight pos_embed.proj.weight", "a PixArt transformer")]
    [InlineData("model.diffusion_model.patchify_proj.weight adaln_single.linear.weight caption_projection.x", "an LTX-Video transformer")]
    [InlineData("blocks.0.cross_attn.norm_q.weight patch_embedding.weight", "a Wan transformer")]
    [InlineData("x_embedder.proj.weight blocks.0.adaLN_modulation.1.weight", "a DiT transformer")]
    [InlineData("text_embedding_padding blocks.0.attn1.q_norm.weight", "a Hunyuan-DiT transformer")]
    [InlineData("double_layers.0.attn.w1q.weight", "an AuraFlow transformer")]
    public void Models(string tensors, string sentence) => Check(tensors, sentence);

    [Theory]
    [InlineData("lora_unet_x.lora_down.weight lora_unet_x.lora_up.weight lora_unet_x.alpha", "a LoRA")]
    [InlineData("transformer.double_blocks.0.x.lora_A.weight transformer.double_blocks.0.x.lora_B.weight", "a LoRA")]
    [InlineData("lora_unet_x.hada_w1_a lora_unet_x.hada_w1_b lora_unet_x.hada_w2_a lora_unet_x.alpha", "a LyCORIS adapter")]
    [InlineData("lora_unet_x.lokr_w1 lora_unet_x.lokr_w2 lora_unet_x.alpha", "a LyCORIS adapter")]
    [InlineData("lora_unet_x.oft_blocks lora_unet_x.alpha", "a LyCORIS adapter")]
    [InlineData("image_proj.proj.weight ip_adapter.1.to_k_ip.weight ip_adapter.0.to_q_lora.down.weight", "an IP-Adapter")]
    [InlineData("control_model.zero_convs.0.0.weight control_model.input_blocks.0.0.weight:320,4,3,3", "a ControlNet")]
    [InlineData("zero_convs.0.0.weight input_hint_block.0.weight input_blocks.0.0.weight:320,4,3,3", "a ControlNet")]
    [InlineData($"controlnet_cond_embedding.conv_in.weight {Input} {Down} time_embedding.linear_1.weight", "a ControlNet")]
    [InlineData("controlnet_cond_embedding.conv_in.weight down_blocks.0.motion_modules.0.norm.weight", "a SparseCtrl ControlNet")]
    [InlineData("lora_controlnet input_hint_block.0.weight input_blocks.0.0.weight:320,4,3,3", "a ControlNet")]
    [InlineData("lllite_unet_x.depth.weight", "a ControlNet")]
    [InlineData("adapter.body.0.resnets.0.block1.weight adapter.conv_in.weight", "a T2I-Adapter")]
    [InlineData("body.0.block1.weight conv_in.weight:320,64,3,3", "a T2I-Adapter")]
    [InlineData("position_net.linears.0.weight down_blocks.0.x.fuser.linear.weight", "a GLIGEN adapter")]
    [InlineData("320.0.linear.0.weight 320.1.linear.0.weight", "a hypernetwork")]
    [InlineData("string_to_param.*:4,768", "a textual inversion")]
    [InlineData("emb_params:4,768", "a textual inversion")]
    [InlineData("<moody>:768", "a textual inversion")]
    [InlineData("clip_g:2,1280 clip_l:2,768", "a textual inversion")]
    [InlineData("model.1.sub.0.RDB1.conv1.0.weight", "a picture upscaler")]
    [InlineData("body.0.rdb1.conv1.weight conv_first.weight", "a picture upscaler")]
    [InlineData("layers.0.residual_group.blocks.0.norm1.weight", "a picture upscaler")]
    [InlineData("layers.0.weight:1024,768 layers.0.bias:1024", "an aesthetic scorer")]
    [InlineData("concept_embeds special_care_embeds vision_model.vision_model.x", "a safety checker")]
    public void Companions(string tensors, string sentence) => Check(tensors, sentence);

    [Theory]
    [InlineData("decoder.conv_in.weight:512,4,3,3 decoder.mid.block_1.conv1.weight", "a VAE", CheckpointLayout.SingleFile)]
    [InlineData("vae.decoder.conv_in.weight:512,4,3,3 vae.decoder.mid_block.x", "a VAE", CheckpointLayout.Diffusers)]
    [InlineData("decoder.conv_in.weight:512,16,3,3 decoder.mid.block_1.conv1.weight", "a 16-channel VAE", CheckpointLayout.SingleFile)]
    [InlineData("decoder.conv_in.weight:512,8,3,3 decoder.mid.block_1.conv1.weight", "an 8-channel VAE", CheckpointLayout.SingleFile)]
    [InlineData("decoder.conv_in.weight:512,4,3,3 decoder.mid.block_1.time_stack.x", "a video VAE", CheckpointLayout.SingleFile)]
    [InlineData("decoder.conv_in.weight:512,4,3,3,3 decoder.mid_block.x", "a video VAE", CheckpointLayout.Diffusers)]
    [InlineData("decoder.conv_in.weight:512,4,3,3 quantize.embedding.weight decoder.mid.x", "a VQ VAE", CheckpointLayout.SingleFile)]
    [InlineData("decoder.conv_in.weight:512,4,3,3 decoder.condition_encoder.x", "an asymmetric VAE", CheckpointLayout.Unknown)]
    [InlineData("encoder.layers.0.weight decoder.layers.3.conv.0.weight", "a tiny VAE (TAESD)", CheckpointLayout.Unknown)]
    [InlineData("1.weight 3.conv.0.weight", "a tiny VAE (TAESD)", CheckpointLayout.Unknown)]
    [InlineData("decoder_unet.conv_in.weight", "a consistency decoder", CheckpointLayout.Unknown)]
    [InlineData("text_model.embeddings.token_embedding.weight:49408,768", "a CLIP ViT-L text encoder", CheckpointLayout.Diffusers)]
    [InlineData("embeddings.token_embedding.weight:49408,768", "a CLIP ViT-L text encoder", CheckpointLayout.Diffusers)]
    [InlineData("text_model.embeddings.token_embedding.weight:49408,1024", "an OpenCLIP ViT-H text encoder", CheckpointLayout.Diffusers)]
    [InlineData("token_embedding.weight transformer.resblocks.0.ln_1.weight", "an OpenCLIP text encoder", CheckpointLayout.Unknown)]
    [InlineData("encoder.block.0.layer.0.SelfAttention.q.weight shared.weight", "a T5 text encoder", CheckpointLayout.Unknown)]
    [InlineData("vision_model.encoder.layers.0.mlp.fc1.weight", "a CLIP image encoder", CheckpointLayout.Unknown)]
    [InlineData("feat_encoder.conv1.weight:32,3,7,7 comb_block.0.weight:18,9,3,3", "an AMT frame interpolator", CheckpointLayout.Unknown)]
    [InlineData("technical_backbone.norm.weight:768 aesthetic_backbone.norm.weight:768", "a DOVER video scorer", CheckpointLayout.Unknown)]
    [InlineData("fragments_backbone.norm.weight:768 vqa_head.fc_hid.weight", "a FAST-VQA video scorer", CheckpointLayout.Unknown)]
    [InlineData("scoring_head.0.weight:1024,1152", "an aesthetic scorer", CheckpointLayout.Unknown)]
    [InlineData("vision_model.head.probe:1,1,1152 text_model.head.weight", "a SigLIP model", CheckpointLayout.Unknown)]
    [InlineData("cls_token:1,1,768 patch_embed.proj.weight:768,3,16,16", "a vision transformer", CheckpointLayout.Unknown)]
    [InlineData("vit.embeddings.cls_token vit.embeddings.patch_embeddings.projection.weight", "a vision transformer",
        CheckpointLayout.Unknown)]
    [InlineData("visual.transformer.resblocks.0.x", "a CLIP image encoder", CheckpointLayout.Unknown)]
    internal void Networks(string tensors, string sentence, CheckpointLayout layout) =>
        Assert.Equal(layout, Check(tensors, sentence).Layout);

    [Theory]
    [InlineData("lora_unet_x.alpha", "modelspec.architecture", "stable-diffusion-xl-v1-base/lora", "an SDXL LoRA")]
    [InlineData("lora_unet_x.alpha", "ss_base_model_version", "sd_v1", "a Stable Diffusion 1 LoRA")]
    [InlineData("lora_unet_x.alpha", "ss_sd_model_name", "v1-5-pruned.safetensors", "a Stable Diffusion 1 LoRA")]
    [InlineData("lora_unet_x.alpha", "ss_sd_model_name", "my own", "a LoRA")]
    [InlineData("decoder.conv_in.weight:512,4,3,3", "modelspec.architecture", "stable-diffusion-xl-v1-base/vae", "an SDXL VAE")]
    [InlineData($"{Sd1} {Vae}", "modelspec.architecture", "stable-diffusion-xl-v1-base", "a Stable Diffusion 1 checkpoint")]
    [InlineData($"{Sd1} {Vae}", "modelspec.prediction_type", "v", "a Stable Diffusion 1 v-prediction checkpoint")]
    [InlineData($"{Sd1} {Vae}", "modelspec.prediction_type", "epsilon", "a Stable Diffusion 1 checkpoint")]
    [InlineData($"{Sd1} {Vae}", "ss_v_parameterization", "True", "a Stable Diffusion 1 v-prediction checkpoint")]
    [InlineData($"{UNet} {Vae}", "modelspec.architecture", "stable-diffusion-v2-512", "a Stable Diffusion 2 checkpoint")]
    public void What_tensors_leave_open_is_told_by_the_writer(string tensors, string key, string value, string sentence) =>
        Check(tensors, sentence, new Dictionary<string, string> { [key] = value });

    [Theory]
    [InlineData("model.model.diffusion_model.", "first_stage_model.")]
    [InlineData("state_dict.model.diffusion_model.", "state_dict.first_stage_model.")]
    [InlineData("module.model.diffusion_model.", "module.first_stage_model.")]
    [InlineData("diffusion_model.", "vae.")]
    [InlineData("", "any.thing.")]
    public void Whatever_stands_before_the_networks_they_are_found(string unet, string vae)
    {
        string[] tensors =
            [$"{unet}input_blocks.0.0.weight:320,4,3,3", $"{unet}x.attn2.to_k.weight:320,768", $"{vae}decoder.conv_in.weight"];
        var facts = Check(string.Join(' ', tensors), "a Stable Diffusion 1 checkpoint");
        Assert.Equal(CheckpointContents.UNet | CheckpointContents.Vae, facts.Contents);
    }

    private static CheckpointFacts Check(string tensors, string sentence, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var facts = CheckpointReader.Read(new ShapesOnly([.. tensors.Split(' ').Select(Parse)]), metadata);
        Assert.Equal(sentence, facts.Sentence);
        Assert.NotEmpty(CheckpointAdvice.Of(facts));
        return facts;
    }

    private static (string Name, long[] Shape) Parse(string tensor)
    {
        string[] halves = tensor.Split(':');
        return (halves[0], halves.Length == 1 ? [1] : [.. halves[1].Split(',').Select(long.Parse)]);
    }
}
