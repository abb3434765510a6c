namespace EvsNative.Pipelines.Settings;

/// <summary>Every setting that there is, in the order in which they are listed and told.</summary>
public static class SettingTable
{
    /// <summary>The groups of a run.</summary>
    public static IReadOnlyList<SettingGroup> Groups { get; } =
    [
        ClipSettings.Group, BatchSettings.Group, PresetSettings.Group, ModelSettings.Group, MethodSettings.Group, PictureSettings.Group,
        DeviceSettings.Group, OutputSettings.Group, WatchSettings.Group, WorkSettings.Group, PlanSettings.Group,
    ];

    /// <summary>The settings.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Groups.SelectMany(group => group.Rows)];

    /// <summary>The setting of this name; null if there is none.</summary>
    public static Setting? Find(string name) => All.FirstOrDefault(row => row.Name == name);
}
