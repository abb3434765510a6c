using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Settings;

/// <summary>What is refined.</summary>
public static class ClipSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("clip");

    /// <summary>The clip.</summary>
    public static Setting<string> Clip { get; } = Group.Add(new Setting<string>(
        "clip", Wordings.Text("CLIP"), "a video, a folder of frames, f%04d.png, or - for stdin")
    {
        IsPositional = true,
        IsCommon = true,
        Example = "clip.mp4",
    });

    /// <summary>The embedded clip and model.</summary>
    public static Setting<bool> Demo { get; } = Group.Add(new Setting<bool>(
        "demo", Wordings.Flag, "refine the embedded clip with the embedded model")
    {
        IsCommon = true,
        Example = "true",
        InsteadOf = [Clip],
        Clash = "--demo brings its own clip: leave the clip or --demo out",
    });

    /// <summary>What the clip shows.</summary>
    public static Setting<string> Prompt { get; } = Group.Add(new Setting<string>(
        "prompt", Wordings.Text("TEXT"), "what the clip shows")
    {
        IsCommon = true,
        Example = "a kite over the sea",
    });

    /// <summary>What ranges of the clip's frames show.</summary>
    public static Setting<string> PromptFile { get; } = Group.Add(new Setting<string>(
        "prompt-file", Wordings.Text("FILE"), "a text file with a prompt for each range of frames, a line each, such as 0-15: a fox")
    {
        Example = "prompts.txt",
        InsteadOf = [Prompt],
        Clash = "--prompt-file has the prompts of all frames: leave --prompt or --prompt-file out",
    });

    /// <summary>Where to begin.</summary>
    public static Setting<ClipMoment> Start { get; } = Group.Add(new Setting<ClipMoment>(
        "start", MomentWords.Moment, "the first moment that is read")
    {
        Default = "the beginning",
        Example = "0f",
    });

    /// <summary>Where to end.</summary>
    public static Setting<ClipMoment> End { get; } = Group.Add(new Setting<ClipMoment>(
        "end", MomentWords.Moment, "the moment before which reading ends")
    {
        Default = "the end",
        Example = "48f",
    });

    /// <summary>How many frames.</summary>
    public static Setting<int> Frames { get; } = Group.Add(new Setting<int>(
        "frames", Wordings.Whole, "most frames that are read from the start on; for a plan without a clip, its frames")
    {
        Default = $"all; {PlanSettings.UsualFrames} for a plan without a clip",
        Example = "4",
        Between = new SettingRange(1, double.PositiveInfinity),
    });

    /// <summary>Frames a second.</summary>
    public static Setting<Rational> Rate { get; } = Group.Add(new Setting<Rational>(
        "fps", Wordings.Rate, "frames a second, such as 12.5 or 30000/1001: of a folder, or those that a video is changed to")
    {
        Default = "8 for a folder, a video's own",
        Example = "12.5",
        Between = new SettingRange(0.1, 1000),
    });

    /// <summary>Permission to go on with less than the whole clip.</summary>
    public static Setting<bool> AcceptDamaged { get; } = Group.Add(new Setting<bool>(
        "accept-damaged", Wordings.Flag, "read what can be read of a clip that is cut off or damaged")
    {
        Example = "true",
    });
}
