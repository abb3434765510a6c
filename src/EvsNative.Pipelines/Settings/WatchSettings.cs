namespace EvsNative.Pipelines.Settings;

/// <summary>How a run tells where it stands.</summary>
public enum ProgressForm
{
    /// <summary>A bar, if somebody sits at a terminal.</summary>
    Bar,

    /// <summary>JSON objects on the error stream, a line each.</summary>
    Lines,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>What is shown while a run goes on.</summary>
public static class WatchSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("while it runs", isTold: false);

    /// <summary>The form of progress.</summary>
    public static Setting<ProgressForm> Progress { get; } = Group.Add(new Setting<ProgressForm>(
        "progress",
        Wordings.OneOf(("bar", ProgressForm.Bar), ("ndjson", ProgressForm.Lines), ("none", ProgressForm.None)),
        "where the run stands: a bar on a terminal, JSON lines on the error stream, or nothing")
    {
        Default = "bar, with --json none",
        Example = "none",
    });

    /// <summary>Pictures of what is coming.</summary>
    public static Setting<string> Preview { get; } = Group.Add(new Setting<string>(
        "preview", Wordings.Text("FOLDER"), "every few steps a strip of frames and a small clip of what is coming, without decoding")
    {
        Example = "preview",
    });
}
