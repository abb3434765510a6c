using EvsNative.Models.Sampling;

namespace EvsNative.Pipelines.Settings;

/// <summary>The networks and their weights.</summary>
public static class ModelSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("models");

    /// <summary>The image model.</summary>
    public static Setting<string> Model { get; } = Group.Add(new Setting<string>(
        "model", Wordings.Text("FOLDER"), "a Stable Diffusion 1.5 model in the diffusers layout")
    {
        IsCommon = true,
        IsAlwaysTold = true,
        Example = "evs-tiny",
    });

    /// <summary>The motion modules.</summary>
    public static Setting<string> Motion { get; } = Group.Add(new Setting<string>(
        "motion", Wordings.Text("PATH"), "motion modules, file or folder")
    {
        IsCommon = true,
        IsAlwaysTold = true,
        Default = "the model's own",
        Example = "evs-tiny/motion_adapter",
        Unsettles = MotionHabits,
    });

    /// <summary>What the motion modules are.</summary>
    public static Setting<MotionKind> MotionKind { get; } = Group.Add(new Setting<MotionKind>(
        "motion-kind",
        Wordings.OneOf([.. Models.Sampling.MotionKind.All.Select(kind => (kind.Word, kind))]),
        "what the motion modules were trained for")
    {
        Default = "what the file or its name tells",
        Example = "animatediff",
        Unsettles = MotionHabits,
    });

    /// <summary>Weights by formula.</summary>
    public static Setting<string> FakeWeights { get; } = Group.Add(new Setting<string>(
        "fake-weights", Wordings.OneOf(("sd15", "sd15"), ("tiny", "tiny")), "weights by formula instead of a model, for timing")
    {
        Example = "tiny",
        InsteadOf = [Model, Motion],
        Clash = "--fake-weights replaces --model and --motion: give one or the other",
    });

    /// <summary>What depends on the motion modules.</summary>
    private static IReadOnlyList<Setting> MotionHabits() =>
    [
        MethodSettings.VideoSteps, MethodSettings.VideoStart, MethodSettings.VideoCalls,
        MethodSettings.VideoGuidance, MethodSettings.VideoSampler,
    ];
}
