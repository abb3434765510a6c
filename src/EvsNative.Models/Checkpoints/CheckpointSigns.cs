namespace EvsNative.Models;

/// <summary>
/// Signs of the kinds of files that people have, in the order in which they are looked for: what has a sign of its own before what is only
/// like it. Names are those that the programs write which made the formats.
/// </summary>
internal static class CheckpointSigns
{
    /// <summary>Most vectors of a textual inversion: more do not fit a prompt.</summary>
    private const int MostVectors = 75;

    /// <summary>Changes of a model, whose names repeat those of the layers that they change.</summary>
    public static IReadOnlyList<CheckpointSign> Changes { get; } =
    [
        new(CheckpointKind.IpAdapter, n => n.Starts("ip_adapter.", "image_proj.") || n.Any(".to_k_ip.")),
        new(CheckpointKind.ControlNet, n => n.Starts("lora_controlnet") || n.Any("lllite_")),
        new(CheckpointKind.Lycoris, n => n.Mostly("hada_", "lokr_", ".oft_", ".boft_", ".alpha") && n.Any("hada_", "lokr_", "oft_")),
        new(CheckpointKind.MotionLora, n => n.Any("motion_modules.") && n.Mostly("lora_", ".lora.", "_lora.")),
        new(CheckpointKind.Lora, n => n.Mostly("lora_", ".lora.", "_lora.", "lora.down", "lora.up")),
        new(CheckpointKind.Lycoris, n => n.Mostly("lycoris_", ".dyn_up", ".on_input", ".a1.", ".b1.")),
    ];

    /// <summary>Whole models of other families, and denoisers that are no U-Net of Stable Diffusion.</summary>
    public static IReadOnlyList<CheckpointSign> Models { get; } =
    [
        Denoiser(CheckpointFamily.StableVideoDiffusion, CheckpointKind.UNet, n => n.Any("time_mixer.mix_factor", ".time_stack.")
            && n.Any("input_blocks.", "down_blocks.")),
        Denoiser(CheckpointFamily.VideoCrafter, CheckpointKind.UNet, n => n.Any("init_attn.", "temopral_conv.")),
        Denoiser(CheckpointFamily.ModelScope, CheckpointKind.UNet, n => n.Any(".temp_convs.") || n.Has("transformer_in.proj_in.weight")),
        Denoiser(CheckpointFamily.StableDiffusion3, CheckpointKind.Transformer, n => n.Any("joint_blocks.", ".attn.add_q_proj.")
            && !n.Any("single_transformer_blocks.", "single_blocks.", "img_mlp.")),
        Titled("HunyuanVideo", n => n.Any("individual_token_refiner.", "context_embedder.token_refiner.")),
        Titled("AuraFlow", n => n.Any("double_layers.", "joint_transformer_blocks.")),
        Titled("Qwen-Image", n => n.Any(".img_mlp.", ".img_mod.") && n.Any(".txt_mlp.", ".txt_mod.") && n.Any("transformer_blocks.")),
        Denoiser(CheckpointFamily.Flux, CheckpointKind.Transformer, n => n.Any("double_blocks.", "single_transformer_blocks.")),
        Titled("LTX-Video", n => n.Any("patchify_proj.") || (n.Any("scale_shift_table") && n.Any(".attn1.q_norm.", ".attn1.norm_q."))),
        Titled("Hunyuan-DiT", n => n.Any("text_embedding_padding", "style_embedder.")),
        Titled("PixArt", n => n.Any("adaln_single.", "t_block.1.") && n.Any("y_embedder.y_proj.", "caption_projection.")),
        Titled("Wan", n => n.Any(".cross_attn.norm_q.", "condition_embedder.time_embedder.")),
        Titled("Mochi", n => n.Any("t5_yproj.", "time_embed.pooler.")),
        Titled("Lumina", n => n.Any("cap_embedder.", "time_caption_embed.") && n.Any("context_refiner.")),
        Titled("CogVideoX", n => n.Any("patch_embed.text_proj.")),
        Titled("DiT", n => n.Any(".adaLN_modulation.") && n.Any("x_embedder.proj.", "pos_embed.proj.")),
        Denoiser(CheckpointFamily.StableCascade, CheckpointKind.UNet, n => n.Any(
            "clip_txt_pooled_mapper.", "clip_txt_mapper.", "clip_mapper.", "effnet_mapper.", ".channelwise.")),
        Denoiser(CheckpointFamily.Kandinsky, CheckpointKind.UNet, n => n.Any("encoder_hid_proj.image_embeds.", "add_embedding.image_proj.")
            || (n.Any("prior_embedding") && n.Any("prd_embedding"))),
        Denoiser(CheckpointFamily.DeepFloyd, CheckpointKind.UNet, n => n.Any(".add_k_proj.") && n.Any("down_blocks.")),
    ];

    /// <summary>What goes with an image model, and other networks that lie in the same folders.</summary>
    public static IReadOnlyList<CheckpointSign> Companions { get; } =
    [
        new(CheckpointKind.FrameInterpolator, n => n.Any("feat_encoder.conv1.") && n.Any("comb_block.0.")) { Title = "AMT" },
        new(CheckpointKind.VideoScorer, n => n.Starts("technical_backbone.", "aesthetic_backbone.")) { Title = "DOVER" },
        new(CheckpointKind.VideoScorer, n => n.Starts("fragments_backbone.", "resize_backbone.")) { Title = "FAST-VQA" },
        new(CheckpointKind.AestheticScorer, n => n.Any("scoring_head.0.")),
        new(CheckpointKind.Siglip, n => n.Any("vision_model.head.probe")),
        new(CheckpointKind.VisionTransformer, n => n.Has("cls_token") && !n.Any("visual.")
            && n.Any("patch_embed.proj.weight", "patch_embeddings.projection.weight")),
        new(CheckpointKind.ControlNet, n => n.Any("control_model.", "input_hint_block.", "zero_convs."))
        {
            Layout = CheckpointLayout.SingleFile,
        },
        new(CheckpointKind.ControlNet, n => n.Any("controlnet_cond_embedding.", "controlnet_down_blocks."))
        {
            Layout = CheckpointLayout.Diffusers,
        },
        new(CheckpointKind.Gligen, n => n.Any("position_net.") || n.Mostly(".fuser.")),
        new(CheckpointKind.T2IAdapter, n => n.Any("body.0.") && n.Any(".block1.")),
        new(CheckpointKind.Upscaler, n => n.Any(".rdb1.", ".RDB1.", "RRDB_trunk.", ".residual_group.") || n.Has("conv_first.weight")
            || n.Starts("stylegan_decoder.")),
        new(CheckpointKind.ConsistencyDecoder, n => n.Starts("decoder_unet.") || (n.Starts("embed_image.") && n.Any(".gn_1."))),
        new(CheckpointKind.TinyVae, IsTinyVae),
        new(CheckpointKind.SafetyChecker, n => n.Any("concept_embeds") && n.Any("special_care_embeds")),
        new(CheckpointKind.Hypernetwork, n => n.All.Any(name => name.Split('.') is [var width, "0" or "1", "linear", ..]
            && int.TryParse(width, out _))),
        new(CheckpointKind.AestheticScorer, n => n.Shape("layers.0.weight") is [1024, 768]),
        new(CheckpointKind.TextualInversion, n => n.Starts("emb_params", "string_to_param.", "clip_l", "clip_g") && n.Count <= 4),
        new(CheckpointKind.TextualInversion, n => n.Count <= 2 && n.All.All(name =>
            name.StartsWith('<') || (!name.Contains('.') && n.Shape(name) is [768 or 1024] or [<= MostVectors, 768 or 1024]))),
    ];

    /// <summary>Text encoders that are not CLIP's in the names of transformers, and the halves of CLIP that see pictures.</summary>
    public static IReadOnlyList<CheckpointSign> Encoders { get; } =
    [
        new(CheckpointKind.TextEncoder, n => n.Any(".SelfAttention.q.", ".self_attn.q.weight") && n.Any("encoder.block.0.", "blocks.0."))
        {
            Title = "T5",
        },
        new(CheckpointKind.TextEncoder, n => n.Any("layers.0.self_attn.q_proj.") && n.Any("layers.0.mlp.gate_proj."))
        {
            Title = "language model as",
        },
        new(CheckpointKind.TextEncoder, n => n.Any("transformer.resblocks.") && n.Has("token_embedding.weight")) { Title = "OpenCLIP" },
        new(CheckpointKind.ImageEncoder, n => n.Any("vision_model.", "visual.transformer.", "visual.blocks.", "visual.trunk.")
            && !n.Any("text_model.")),
        new(CheckpointKind.TextEncoder, n => n.Any("text_model.")) { Layout = CheckpointLayout.Diffusers },
    ];

    /// <summary>Pieces of networks, of which what tells more is missing.</summary>
    public static IReadOnlyList<CheckpointSign> Pieces { get; } =
    [
        new(CheckpointKind.UNet, n => n.Any("diffusion_model.")) { Layout = CheckpointLayout.SingleFile },
        new(CheckpointKind.Vae, n => n.Any("first_stage_model.")) { Layout = CheckpointLayout.SingleFile },
    ];

    private static CheckpointSign Titled(string title, Func<CheckpointNames, bool> shows) =>
        Denoiser(CheckpointFamily.Transformer, CheckpointKind.Transformer, shows) with { Title = title };

    private static CheckpointSign Denoiser(CheckpointFamily family, CheckpointKind kind, Func<CheckpointNames, bool> shows) =>
        new(kind, shows) { Family = family };

    /// <summary>Layers in a row without blocks: encoder.0., decoder.layers.1., or the numbers alone.</summary>
    private static bool IsTinyVae(CheckpointNames names)
    {
        static bool IsOne(string name) => name.Split('.') switch
        {
            ["encoder" or "decoder" or "taesd_encoder" or "taesd_decoder", var layer, ..] when int.TryParse(layer, out _) => true,
            ["encoder" or "decoder", "layers", ..] => true,
            [var layer, "conv", "0" or "2" or "4", ..] when int.TryParse(layer, out _) => true,
            _ => false,
        };
        return names.All.Any(IsOne) && names.Any(".conv.0.");
    }
}
