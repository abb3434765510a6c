namespace EvsNative.Pipelines.Settings;

/// <summary>What is written where.</summary>
public static class OutputSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("output", isTold: false);

    /// <summary>The refined clip.</summary>
    public static Setting<string> Output { get; } = Group.Add(new Setting<string>(
        "output", Wordings.Text("PATH"), "an .mp4 or a folder for PNG")
    {
        Letter = "-o",
        IsCommon = true,
        Default = "beside the clip",
        Example = "out",
    });

    /// <summary>The page to compare.</summary>
    public static Setting<string> Report { get; } = Group.Add(new Setting<string>(
        "report", Wordings.Text("FILE"), "an HTML page that shows the clip before and after")
    {
        IsCommon = true,
        Example = "page.html",
    });

    /// <summary>Permission to replace.</summary>
    public static Setting<bool> Force { get; } = Group.Add(new Setting<bool>("force", Wordings.Flag, "replace what is already there")
    {
        IsCommon = true,
        Example = "true",
    });

    /// <summary>Talk to a script.</summary>
    public static Setting<bool> Json { get; } = Group.Add(new Setting<bool>(
        "json", Wordings.Flag, "for scripts: one JSON object on the output")
    {
        IsCommon = true,
        Example = "true",
    });
}
