using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>A tensor of the small model.</summary>
internal sealed record SmallTensor(ModelPartKind Part, string Name, IReadOnlyList<long> Shape, float[] Values);

/// <summary>
/// The smallest model whose sizes all follow from shapes by the rules of Stable Diffusion 1.5, of other numbers of blocks and layers. Its
/// numbers fit F16 and BF16 exactly, so that files of all types hold the same.
/// </summary>
internal static class SmallModel
{
    private static readonly string[] Convolutions = ["conv_shortcut", "quant_conv", "post_quant_conv", "proj_in", "proj_out"];

    public static UNetConfig UNet { get; } = UNetConfig.Sd15 with
    {
        BlockOutChannels = [32, 64],
        DownHasAttention = [true, false],
        UpHasAttention = [false, true],
        LayersPerBlock = 1,
        CrossAttentionDim = 64,
    };

    public static VaeConfig Vae { get; } = VaeConfig.Sd15 with { BlockOutChannels = [32, 32], LayersPerBlock = 1 };

    public static ClipConfig Text { get; } = new(HiddenSize: 64, Layers: 2, Heads: 1, IntermediateSize: 128, VocabularySize: 600);

    public static IReadOnlyList<SmallTensor> Tensors { get; } = Make();

    public static SingleFileNames Names { get; } = new(UNet, Vae);

    /// <summary>A folder as diffusers saves it.</summary>
    public static string WriteFolder(string folder)
    {
        foreach (var part in Tensors.GroupBy(tensor => tensor.Part))
        {
            string inside = Directory.CreateDirectory(Path.Combine(folder, part.Key.Folder)).FullName;
            File.WriteAllText(Path.Combine(inside, "config.json"), Config(part.Key));
            RawSafetensors.Write(
                Path.Combine(inside, $"{part.Key.Stem}.safetensors"), part.Select(t => (t.Name, StoredType.F32, t.Shape, t.Values)));
        }

        FormulaVocabulary.Make(Text.VocabularySize).Write(Directory.CreateDirectory(Path.Combine(folder, "tokenizer")).FullName);
        return folder;
    }

    /// <summary>The tensors under the names of the original's single file, in which 1 x 1 convolutions have four axes.</summary>
    public static IEnumerable<(string Name, StoredType Type, IReadOnlyList<long> Shape, float[] Values)> Original(
        StoredType type = StoredType.F32) =>
        Tensors.Select(t => (Names.Stored(t.Part, t.Name), type, SingleFileNames.ShapeOf(t.Part, t.Shape), t.Values));

    /// <summary>The tensors under the names of diffusers, behind a prefix for each network.</summary>
    public static IEnumerable<(string Name, StoredType Type, IReadOnlyList<long> Shape, float[] Values)> Diffusers() =>
        Tensors.Select(t => ($"{t.Part.Folder}.{t.Name}", StoredType.F32, t.Shape, t.Values));

    /// <summary>The text of a network's config.json.</summary>
    public static string Config(ModelPartKind kind) => ConfigWriter.Text(json =>
    {
        if (kind == ModelPartKind.UNet) ConfigWriter.Write(json, UNet);
        else if (kind == ModelPartKind.Vae) ConfigWriter.Write(json, Vae);
        else ConfigWriter.Write(json, Text);
    });

    private static IReadOnlyList<SmallTensor> Make()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        RecordedWeights unet = new(new FormulaWeights()), vae = new(new FormulaWeights()), text = new(new FormulaWeights());
        _ = new UNet(new WeightStore(d, unet).Root, UNet);
        _ = new Vae(new WeightStore(d, vae).Root, Vae);
        _ = new ClipTextEncoder(new WeightStore(d, text).Root, Text);
        return
        [
            .. Of(ModelPartKind.UNet, unet), .. Of(ModelPartKind.Vae, vae), .. Of(ModelPartKind.TextEncoder, text),
        ];
    }

    private static IEnumerable<SmallTensor> Of(ModelPartKind kind, RecordedWeights weights)
    {
        foreach (var (name, shape) in weights.Asked)
        {
            float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
            weights.Read(name, shape, values);
            bool isConvolution = shape.Count == 2 && name.Split('.') is [.., var layer, "weight"] && Convolutions.Contains(layer);
            yield return new(kind, name, isConvolution ? [.. shape, 1, 1] : shape, Array.ConvertAll(values, Short));
        }
    }

    /// <summary>Cut to BF16, and to zero where F16 has no such number.</summary>
    private static float Short(float value)
    {
        float cut = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000);
        return (float)(Half)cut == cut ? cut : 0;
    }
}
