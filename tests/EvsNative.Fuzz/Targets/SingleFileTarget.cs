using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Fuzz.Targets;

/// <summary>Files of weights of every kind that people have, given as a model and as motion modules.</summary>
internal sealed class SingleFileTarget() : FuzzTarget("single", "one file of any kind, recognised by its tensors", 3000)
{
    private const string File = "model.safetensors";

    private static readonly string[] Names =
    [
        "model.diffusion_model.input_blocks.0.0.weight", "model.diffusion_model.input_blocks.1.1.attn2.to_k.weight",
        "first_stage_model.decoder.conv_in.weight", "cond_stage_model.transformer.text_model.embeddings.position_ids",
        "conditioner.embedders.0.x", "joint_blocks.0", "double_blocks.1", "model.diffusion_model.init_attn.0", "control_model.x",
        "down_blocks.0.motion_modules.0.norm.weight", "up_blocks.0.motion_modules.0.norm.weight", "time_embedding.linear_1.weight",
        "down_blocks.0.attn2.to_k.weight", "conv_in.weight", "decoder.conv_in.weight", "text_model.x", "emb_params", "lora_te_x.alpha",
        "lora_unet_motion_modules.alpha", "hada_w1", "lokr_w1", "controlnet_cond_embedding.x", "text_encoder_2.x",
    ];

    private static readonly long[][] Shapes = [[2, 9], [2, 8], [2, 768], [2, 1024], [2, 2048], [1], [], [1, 4, 3, 3], [0], [1, 32, 8]];

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => [];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        var names = dice.Shuffle(Names).Take(dice.Below(7)).ToList();
        if (dice.OneIn(3)) names.Add(Absurd.Word(dice));
        byte[] file = SafetensorsSeeds.Of(names.Distinct().Select(name => (name, "F32", dice.Pick(Shapes))));
        return [new(File, dice.OneIn(2) ? SafetensorsMutation.Change(dice, file) : file)];
    }

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        string path = Path.Combine(folder, File);
        using var files = new WeightFiles();
        try
        {
            MotionAdapterFile.Open(files, path);
        }
        catch (InputException refusal)
        {
            BrokenPromiseException.Unless(Judge.Of(refusal).Kind == VerdictKind.Refused, $"{Judge.Of(refusal).What}: {refusal.Message}");
        }

        ModelSource.Open(files, path);
    }
}
