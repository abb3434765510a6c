using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Scores;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Scores;

/// <summary>Judges with weights by formula: the real AMT-S, the others small, as in metrics_golden.py.</summary>
internal static class SmallJudges
{
    /// <summary>Their sizes.</summary>
    public static JudgeConfigs Configs { get; } = new()
    {
        Dino = new VisionTransformerConfig(Dim: 32, Depth: 3, Heads: 4, Patch: 16, Grid: 14),
        Dover = new DoverConfig(
            new Swin3dConfig(32, [2, 2, 2, 2], [1, 2, 4, 8], [true, true, true, false]),
            new ConvNeXt3dConfig([16, 32, 48, 64], [3, 3, 4, 3])),
        Siglip = new SiglipConfig(Dim: 144, Depth: 3, Heads: 2, Inner: 200, Patch: 14, Image: 104, Head: [32, 16, 8, 4]),
    };

    /// <summary>Opens them on the processor.</summary>
    /// <param name="request">which scores, and how</param>
    /// <param name="weights">of a judge; by formula if absent</param>
    /// <param name="backend">where they compute</param>
    public static JudgeSet Open(
        ScoreRequest request, Func<JudgeKind, IWeightFile?>? weights = null, Backend backend = Backend.Cpu) =>
        new(request, Device.Open(new DeviceOptions(backend)), weights ?? (_ => new FormulaWeights()), Configs);

    /// <summary>The judges of one score.</summary>
    public static JudgeSet Open(ScoreKind kind, Func<JudgeKind, IWeightFile?>? weights = null) =>
        Open(new ScoreRequest { Kinds = [kind] }, weights);
}
