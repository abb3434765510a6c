namespace EvsNative.Pipelines.Settings;

/// <summary>How a long run is kept, gone on with and shared.</summary>
public static class WorkSettings
{
    /// <summary>Work that a kill or a power cut may cost, unless something else is said.</summary>
    public const double UsualInterval = 10;

    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("long runs", isTold: false);

    /// <summary>The run folder.</summary>
    public static Setting<string> Work { get; } = Group.Add(new Setting<string>(
        "work", Wordings.Text("PATH"), "the folder that keeps what is done, so that a run that was ended goes on")
    {
        Default = "beside the output, its name with .evs-run",
        Example = "work",
    });

    /// <summary>The folder stays.</summary>
    public static Setting<bool> KeepWork { get; } = Group.Add(new Setting<bool>(
        "keep-work", Wordings.Flag, "keep that folder when the run has ended well")
    {
        Example = "true",
    });

    /// <summary>Throw away what was begun otherwise.</summary>
    public static Setting<bool> Restart { get; } = Group.Add(new Setting<bool>(
        "restart", Wordings.Flag, "start anew where an unfinished run is, whatever it was")
    {
        Example = "true",
    });

    /// <summary>Work together.</summary>
    public static Setting<bool> Share { get; } = Group.Add(new Setting<bool>(
        "share", Wordings.Flag, "work at one clip with other processes, on other machines too, that were started with the same words")
    {
        Example = "true",
    });

    /// <summary>How much may be lost.</summary>
    public static Setting<double> SaveEvery { get; } = Group.Add(new Setting<double>(
        "save-every", Wordings.Number, "seconds of work that may be lost when a run is killed")
    {
        Default = "10",
        Example = "60",
        Between = new SettingRange(0, 3600),
    });
}
