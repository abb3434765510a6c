using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Fuzz.Targets;

/// <summary>Files of weights of every kind that people have, given as a model, an autoencoder and motion modules.</summary>
internal sealed class SingleFileTarget() : FuzzTarget("single", "one file of any kind, recognised by its tensors", 300)
{
    private const string File = "model.safetensors";

    private static readonly string[] Names =
    [
        "model.diffusion_model.input_blocks.0.0.weight", "model.diffusion_model.input_blocks.1.1.attn2.to_k.weight",
        "first_stage_model.decoder.conv_in.weight", "cond_stage_model.transformer.text_model.embeddings.position_ids",
        "conditioner.embedders.0.x", "joint_blocks.0", "double_blocks.1", "model.diffusion_model.init_attn.0", "control_model.x",
        "down_blocks.0.motion_modules.0.norm.weight", "up_blocks.0.motion_modules.0.norm.weight", "time_embedding.linear_1.weight",
        "down_blocks.0.attn2.to_k.weight", "conv_in.weight", "decoder.conv_in.weight", "text_model.x", "emb_params", "lora_te_x.alpha",
        "lora_unet_motion_modules.alpha", "hada_w1", "lokr_w1", "controlnet_cond_embedding.x", "text_encoder_2.x", "ip_adapter.x",
        "body.0.block1.weight", "320.0.linear.weight", "decoder.layers.1.conv.0.weight", "visual.transformer.x", "v_pred",
        "first_stage_model.quantize.embedding.weight", "encoder.block.0.layer.0.SelfAttention.q.weight", "adaln_single.x", "t_block.1.x",
        "model.diffusion_model.label_emb.0.0.weight", "model_ema.diffusion_modelinput_blocks00weight",
    ];

    private static readonly long[][] Shapes = [[2, 9], [2, 8], [2, 768], [2, 1024], [2, 2048], [1], [], [1, 4, 3, 3], [0], [1, 32, 8]];

    /// <summary>What stands before all names of a file, or in place of a network's own prefix.</summary>
    private static readonly string[] Prefixes = ["model.", "module.", "state_dict.", "unet.", "vae.", "x.", "model_ema."];

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound =>
        [[new(File, SafetensorsSeeds.Of(SmallModel.InOneFile.Select(t => (t.Name, "F16", t.Shape)), SmallModel.Metadata))]];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice)
    {
        byte[] file = dice.OneIn(2) ? OfKinds(dice) : OfModel(dice);
        return [new(File, dice.OneIn(2) ? SafetensorsMutation.Change(dice, file) : file)];
    }

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        string path = Path.Combine(folder, File);
        using var files = new WeightFiles();
        Refused(() => MotionAdapterFile.Open(files, path));
        Refused(() => VaeFile.Open(files, path, []));
        Refused(() => Inspector.Inspect(new InspectionRequest(path) { ListsTensors = true }));
        var source = ModelSource.Open(files, path);
        var (unet, vae) = (source.Open(files, ModelPartKind.UNet), source.Open(files, ModelPartKind.Vae));
        var text = source.Open(files, ModelPartKind.TextEncoder);
        foreach (var notice in source.Notices) Judge.Check(notice);
        files.Verify();
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        WeightStore unetStore = new(d, unet.Weights), vaeStore = new(d, vae.Weights), textStore = new(d, text.Weights);
        _ = new UNet(unetStore.Root, unet.Config);
        _ = new Vae(vaeStore.Root, vae.Config);
        _ = new ClipTextEncoder(textStore.Root, text.Config);
        foreach (var store in new[] { unetStore, vaeStore, textStore }) store.Verify();
    }

    /// <summary>It may be opened, or be refused as it should be.</summary>
    private static void Refused(Action open)
    {
        try
        {
            open();
        }
        catch (InputException refusal)
        {
            BrokenPromiseException.Unless(Judge.Of(refusal).Kind == VerdictKind.Refused, $"{Judge.Of(refusal).What}: {refusal.Message}");
        }
    }

    /// <summary>A few names, each of another kind of files.</summary>
    private static byte[] OfKinds(Dice dice)
    {
        var names = dice.Shuffle(Names).Take(dice.Below(7)).ToList();
        if (dice.OneIn(3)) names.Add(Absurd.Word(dice));
        return SafetensorsSeeds.Of(names.Distinct().Select(name => (name, "F32", dice.Pick(Shapes))));
    }

    /// <summary>A whole model, some of whose names or shapes are others.</summary>
    private static byte[] OfModel(Dice dice)
    {
        var tensors = SmallModel.InOneFile.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape);
        string[] all = [.. tensors.Keys];
        for (int i = dice.Below(4); i > 0; i--)
        {
            string name = dice.Pick(all);
            if (dice.OneIn(2)) tensors.Remove(name);
            else if (dice.OneIn(2)) tensors[name] = dice.Pick(Shapes);
            else if (dice.OneIn(2)) tensors[dice.Pick(Names)] = dice.Pick(Shapes);
            else tensors[name.Replace('0', (char)('0' + dice.Below(10)))] = tensors.GetValueOrDefault(name, [1]);
        }

        string before = dice.OneIn(3) ? dice.Pick(Prefixes) : "";
        return SafetensorsSeeds.Of(
            tensors.Select(tensor => (before + tensor.Key, "F16", tensor.Value)), dice.OneIn(3) ? null : SmallModel.Metadata);
    }
}
