namespace EvsNative.Pipelines.Frames;

/// <summary>How a clip is written, beside what the name of its place says. What is absent is chosen by that name.</summary>
public sealed record OutputStyle
{
    /// <summary>The best and the worst <see cref="Quality"/>, and what it is where nothing is said.</summary>
    public const int BestQuality = 0, WorstQuality = 51, UsualQuality = 16;

    /// <summary>Nothing chosen.</summary>
    public static OutputStyle Usual { get; } = new();

    /// <summary>How pictures are coded.</summary>
    public VideoCodec? Codec { get; init; }

    /// <summary>x264's scale, 0 for the best to 51 for the smallest file; other codecs are set to about the same error.</summary>
    public int? Quality { get; init; }

    /// <summary>Bits of a colour, 8 or 10.</summary>
    public int? Bits { get; init; }

    /// <summary>What the frames of a folder are.</summary>
    public FramesFormat? Frames { get; init; }

    /// <summary>What the frames of a folder are called, such as <c>f%04d.png</c>.</summary>
    public string? FrameName { get; init; }

    /// <summary>The file from which sound, subtitles, chapters and tags are taken over.</summary>
    public ClipOrigin? Origin { get; init; }

    /// <summary>The recipe that the result carries in its metadata, where its kind of file has a place; JSON in one line.</summary>
    public string? Recipe { get; init; }
}
