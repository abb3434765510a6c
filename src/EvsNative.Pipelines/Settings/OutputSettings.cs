using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Settings;

/// <summary>What is written where.</summary>
public static class OutputSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("output", isTold: false);

    /// <summary>The refined clip.</summary>
    public static Setting<string> Output { get; } = Group.Add(new Setting<string>(
        "output", Wordings.Text("PATH"), "a video (.mp4 .mov .mkv .webm .gif .webp .png), or a folder of frames")
    {
        Letter = "-o",
        IsCommon = true,
        Default = "beside the clip",
        Example = "out",
    });

    /// <summary>How pictures are coded.</summary>
    public static Setting<VideoCodec> Codec { get; } = Group.Add(new Setting<VideoCodec>(
        "codec", Wordings.OneOf([.. OutputCodec.All.Select(row => (row.Word, row.Codec))]), "how the pictures of a video are coded")
    {
        Default = "what is usual for the name's ending",
        Example = "hevc",
    });

    /// <summary>How small errors are.</summary>
    public static Setting<int> Quality { get; } = Group.Add(new Setting<int>(
        "quality", Wordings.Whole, "x264's scale, 0 the best and 51 the smallest file; other codecs are set to about the same error")
    {
        Default = $"{OutputStyle.UsualQuality}",
        Example = "20",
        Between = new SettingRange(OutputStyle.BestQuality, OutputStyle.WorstQuality),
    });

    /// <summary>Bits of a colour.</summary>
    public static Setting<int> Bits { get; } = Group.Add(new Setting<int>(
        "bits", Wordings.OneOf(("8", 8), ("10", 10)), "bits of a colour; 10 rounds less where the codec can")
    {
        Default = "8, for ProRes 10",
        Example = "10",
    });

    /// <summary>What the frames of a folder are.</summary>
    public static Setting<FramesFormat> Frames { get; } = Group.Add(new Setting<FramesFormat>(
        "frames-format", Wordings.OneOf(("png", FramesFormat.Png), ("jpeg", FramesFormat.Jpeg)), "what the frames of a folder are")
    {
        Default = "png",
        Example = "jpeg",
    });

    /// <summary>The page to compare.</summary>
    public static Setting<string> Report { get; } = Group.Add(new Setting<string>(
        "report", Wordings.Text("FILE"), "an HTML page that shows the clip before and after")
    {
        IsCommon = true,
        Example = "page.html",
    });

    /// <summary>The paper's scores.</summary>
    public static Setting<bool> Score { get; } = Group.Add(new Setting<bool>(
        "score", Wordings.Flag, "score clip and result as the paper does; wants --judges, which may stand in the user's defaults")
    {
        Example = "true",
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

    /// <summary>How a result is written by what was chosen.</summary>
    internal static OutputStyle StyleOf(Choices choices) => new()
    {
        Codec = choices.Get(Codec),
        Quality = choices.Get(Quality),
        Bits = choices.Get(Bits),
        Frames = choices.Get(Frames),
    };
}
