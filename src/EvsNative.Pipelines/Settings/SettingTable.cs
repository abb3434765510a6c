namespace EvsNative.Pipelines.Settings;

/// <summary>Every setting that there is, in the order in which they are listed and told.</summary>
public static class SettingTable
{
    /// <summary>The groups of a run.</summary>
    public static IReadOnlyList<SettingGroup> Groups { get; } =
    [
        ClipSettings.Group, BatchSettings.Group, PresetSettings.Group, ModelSettings.Group, MethodSettings.Group, PictureSettings.Group,
        DeviceSettings.Group, OutputSettings.Group, WatchSettings.Group, WorkSettings.Group, PlanSettings.Group, ScoreSettings.Group,
    ];

    /// <summary>The settings.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Groups.SelectMany(group => group.Rows)];

    /// <summary>
    /// Those that change a plan: not what is written, shown and kept while a run goes on, nor what is of many clips, nor scores.
    /// </summary>
    public static IReadOnlyList<Setting> Planned { get; } =
    [
        .. All.Where(row => row == OutputSettings.Json || !((SettingGroup[])
            [OutputSettings.Group, BatchSettings.Group, WatchSettings.Group, WorkSettings.Group, ScoreSettings.Group]).Contains(row.Group)),
    ];

    /// <summary>Those of a refinement: not what stands for a clip or a device in a plan.</summary>
    public static IReadOnlyList<Setting> Refined { get; } = [.. All.Where(row => row.Group != PlanSettings.Group)];

    /// <summary>Those that change how a result is made and not a bit of it: where, and how much at a time.</summary>
    public static IReadOnlyList<Setting> WithoutEffect { get; } =
    [
        DeviceSettings.Threads, DeviceSettings.Device, DeviceSettings.MaxMemory, DeviceSettings.Weights, PictureSettings.FramesPerPass,
    ];

    /// <summary>The setting of this name; null if there is none.</summary>
    public static Setting? Find(string name) => All.FirstOrDefault(row => row.Name == name);
}
