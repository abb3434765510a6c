using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Settings;

/// <summary>What is refined.</summary>
public static class ClipSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("clip");

    /// <summary>The clip.</summary>
    public static Setting<string> Clip { get; } = Group.Add(new Setting<string>(
        "clip", Wordings.Text("CLIP"), "a video that ffmpeg reads, or a folder of PNG frames")
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

    /// <summary>Frames a second of a folder.</summary>
    public static Setting<Rational> Rate { get; } = Group.Add(new Setting<Rational>(
        "fps", Wordings.Rate, "frames a second of a folder of frames, such as 12.5 or 30000/1001")
    {
        Default = "8",
        Example = "12.5",
        Between = new SettingRange(0.1, 1000),
    });
}
