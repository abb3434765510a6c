namespace EvsNative.Pipelines.Settings;

/// <summary>What the user wants, in a word.</summary>
public static class PresetSettings
{
    /// <summary>The group. What a preset chooses is told by the settings that it chooses.</summary>
    public static SettingGroup Group { get; } = new("intent", isTold: false);

    /// <summary>The preset.</summary>
    public static Setting<Preset> Preset { get; } = Group.Add(new Setting<Preset>(
        "preset", Wordings.OneOf([.. Settings.Preset.All.Select(preset => (preset.Word, preset))]), "settings for what is to be mended")
    {
        IsCommon = true,
        Example = "paper",
    });

    /// <summary>The recipe that is repeated.</summary>
    public static Setting<string> Recipe { get; } = Group.Add(new Setting<string>(
        "recipe", Wordings.Text("PATH"), "do again what a result, a report or a JSON file tells")
    {
        IsCommon = true,
        Example = "better.mp4",
    });
}
