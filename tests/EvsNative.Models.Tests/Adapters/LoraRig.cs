using EvsNative.Layers;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Adapters;

/// <summary>The small networks, adapters written for them, and what they become.</summary>
internal sealed class LoraRig : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WeightFiles _files = new();

    public static ModelPart<UNetConfig> UNet { get; } =
        new(ModelPartKind.UNet, SmallNetworks.UNetSizes, "formula", new ListedFormula(ModelPartKind.UNet), new(CheckpointKind.UNet));

    public static ModelPart<ClipConfig> Text { get; } = new(
        ModelPartKind.TextEncoder, SmallNetworks.ClipSizes, "formula", new ListedFormula(ModelPartKind.TextEncoder),
        new(CheckpointKind.TextEncoder));

    public static ModelPart<MotionConfig> Motion { get; } = new(
        ModelPartKind.MotionAdapter, SmallNetworks.MotionSizes, "formula", new ListedFormula(ModelPartKind.MotionAdapter),
        new(CheckpointKind.MotionAdapter));

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    /// <summary>The path of a file in the rig's folder.</summary>
    public string this[string name] => _folder[name];

    /// <summary>Writes a file of tensors: the formula's numbers, or one number where it is said.</summary>
    public string Write(
        string name, IEnumerable<(string Name, long[] Shape, float? Number)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        const double scale = 0.4;
        var list = tensors.ToList();
        using var writer = new SafetensorsWriter(
            _folder[name], [.. list.Select(tensor => new SafetensorsPlan(tensor.Name, tensor.Shape))], metadata);
        foreach (var tensor in list)
        {
            long count = tensor.Shape.Aggregate(1L, (product, length) => product * length);
            writer.Append(tensor.Number is { } number ? [number] : FormulaWeights.Input(tensor.Name, count, scale));
        }

        return writer.Complete();
    }

    /// <summary>The same of shapes alone.</summary>
    public string Write(string name, params (string Name, long[] Shape)[] tensors) =>
        Write(name, tensors.Select(tensor => (tensor.Name, tensor.Shape, (float?)null)));

    /// <summary>Opens adapters for all networks, or for those of the image model.</summary>
    public LoraMerge Open(IReadOnlyList<LoraChoice> loras, int threads = 1, bool hasMotion = true) =>
        LoraMerge.Open(_files, loras, threads, UNet, Text, hasMotion ? Motion : null);

    /// <summary>The line of a refusal.</summary>
    public InputException Refused(string path, bool hasMotion = true) =>
        Assert.Throws<InputException>(() => Open([new LoraChoice(path)], hasMotion: hasMotion));

    /// <summary>The tensors of the three networks that something is merged into, after the merge.</summary>
    public static Dictionary<string, float[]> Changed(LoraMerge merge)
    {
        IWeightFile[] merged = [merge.Applied(UNet).Weights, merge.Applied(Text).Weights, merge.Applied(Motion).Weights];
        return merged.SelectMany(file => file.Names.Where(name => file.OriginOf(name) != file.Origin).Select(name => (name, file)))
            .ToDictionary(found => found.name, found => Read(found.file, found.name));
    }

    /// <summary>A tensor.</summary>
    public static float[] Read(IWeightFile file, string name)
    {
        var shape = file.FindShape(name, [])!;
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        file.Read(name, shape, values);
        return values;
    }
}
