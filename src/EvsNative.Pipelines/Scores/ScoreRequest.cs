using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Scores;

/// <summary>Which scores are wanted, where the weights of their networks are, and how DOVER's choices are made.</summary>
public sealed record ScoreRequest
{
    /// <summary>Files of weights by judge; those that are not there are absent.</summary>
    public IReadOnlyDictionary<JudgeKind, string> Judges { get; init; } = new Dictionary<JudgeKind, string>();

    /// <summary>The scores that are wanted.</summary>
    public IReadOnlyList<ScoreKind> Kinds { get; init; } = ScoreWords.All;

    /// <summary>Seed of DOVER's fragments: torch.manual_seed with it followed by the original's draws gives the same places.</summary>
    public uint DoverSeed { get; init; } = 42;

    /// <summary>How often DOVER's fragments are drawn, each time with the next seed.</summary>
    public int DoverSamples { get; init; } = 1;

    /// <summary>Whether DOVER's aesthetic view is antialiased, as with torchvision from 0.17 on.</summary>
    public bool DoverAntialias { get; init; }

    /// <summary>Which frames of clips are read.</summary>
    public ClipChoice Clip { get; init; } = ClipChoice.All;

    /// <summary>Where to compute; always in float32, since places in pictures need it.</summary>
    public DeviceRequest Device { get; init; } = DeviceRequest.Usual with { Precision = ElementType.Float32, KeepsFactors = true };

    /// <summary>The file of a judge that is named, perhaps by a folder or by its place in the hub's cache.</summary>
    /// <exception cref="InputException">it is not there</exception>
    public string FileOf(JudgeKind judge) => JudgeFile.Find(judge, Judges[judge]);

    /// <summary>What choices say.</summary>
    /// <exception cref="InputException">the folder of judges is not there</exception>
    public static ScoreRequest Of(Choices choices) => new()
    {
        Judges = JudgesOf(choices),
        Kinds = choices.Resolve(ScoreSettings.Scores),
        DoverSeed = (uint)choices.Get(ScoreSettings.DoverSeed, 42)!.Value,
        DoverSamples = choices.Get(ScoreSettings.DoverSamples, 1)!.Value,
        DoverAntialias = choices.Get(ScoreSettings.DoverAntialias) == true,
        Clip = new ClipChoice
        {
            Start = choices.Get(ClipSettings.Start),
            End = choices.Get(ClipSettings.End),
            Frames = choices.Get(ClipSettings.Frames),
            AcceptsDamage = choices.Get(ClipSettings.AcceptDamaged) == true,
        },
        Device = DeviceRequest.Of(choices) with { Precision = ElementType.Float32, KeepsFactors = true },
    };

    private static Dictionary<JudgeKind, string> JudgesOf(Choices choices)
    {
        string? folder = choices.Get(ScoreSettings.Judges);
        if (folder is not null && !Directory.Exists(folder)) throw StorageFault.Missing(folder);
        var files = new Dictionary<JudgeKind, string>();
        foreach (var kind in Enum.GetValues<JudgeKind>())
        {
            string? file = choices.Get(kind.Setting()) ?? (folder is null ? null : JudgeFiles.Find(folder, kind));
            if (file is not null) files[kind] = file;
        }

        return files;
    }
}
