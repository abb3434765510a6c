using System.Text;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Seeds;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Fuzz.Targets;

/// <summary>The index of weights that lie in several files.</summary>
internal sealed class IndexTarget() : FuzzTarget("index", "the index of weights in several files", 2000)
{
    private const string Stem = "diffusion_pytorch_model", File = $"{Stem}.safetensors.index.json";

    private const string Map = $$$"""
        {"metadata":{"total_size":104},"weight_map":{"a.weight":"{{{Stem}}}-00001-of-00002.safetensors",
        "x":"{{{Stem}}}-00002-of-00002.safetensors"}}
        """;

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Whole { get; } =
    [
        new("config.json", SmallModel.Of("unet/config.json")),
        new($"{Stem}-00001-of-00002.safetensors", SafetensorsSeeds.All[0]),
        new($"{Stem}-00002-of-00002.safetensors", SafetensorsSeeds.All[1]),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => [[new(File, Encoding.UTF8.GetBytes(Map))]];

    /// <inheritdoc/>
    public override IReadOnlyList<FuzzFile> Make(Dice dice) => [new(File, JsonMutation.Change(dice, Encoding.UTF8.GetBytes(Map)))];

    /// <inheritdoc/>
    public override void Read(string folder)
    {
        using var files = new WeightFiles();
        ModelPart.Open(files, ModelPartKind.UNet, folder);
        files.Verify();
    }
}
