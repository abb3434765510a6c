using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>What an output is to be, from its name and its style, both of which were found to fit together.</summary>
/// <param name="Place">the file or the folder</param>
/// <param name="Container">the kind of file; null for a folder</param>
/// <param name="Style">how it is written</param>
internal sealed record OutputTarget(string Place, OutputContainer? Container, OutputStyle Style)
{
    private const string UsualName = "%04d";

    /// <summary>What the frames of a folder are.</summary>
    public FramesFormat Frames => Style.Frames ?? FramesFormat.Png;

    /// <summary>What the frames of a folder are called, such as <c>%04d.png</c>.</summary>
    public string FrameName => Style.FrameName ?? UsualName + (Frames == FramesFormat.Png ? ".png" : ".jpg");

    /// <summary>From a name and a style.</summary>
    /// <exception cref="InputException">a name that is no output's, or a style that it cannot have</exception>
    public static OutputTarget Of(string path, OutputStyle? style = null)
    {
        style ??= OutputStyle.Usual;
        if (OutputPattern.Of(path) is { } pattern)
        {
            if (style.Frames is { } frames && frames != pattern.Format)
            {
                throw Conflict(
                    $"{path} names {Word(pattern.Format)} frames, and --frames-format {Word(frames)} asks for others: leave it out");
            }

            style = style with { Frames = pattern.Format, FrameName = pattern.Name };
            path = pattern.Folder;
        }

        var target = new OutputTarget(path, style.FrameName is null ? OutputNames.ContainerOf(path) : null, style);
        if (target.Container is { } container) CheckVideo(path, container, style);
        else CheckFolder(path, target);
        return target;
    }

    /// <summary>How the pictures of a video are coded.</summary>
    /// <param name="hasAlpha">whether they have opacity: then a codec that keeps it comes first where none was chosen</param>
    public OutputCodec Codec(bool hasAlpha)
    {
        var codecs = Container!.Codecs;
        var transparent = hasAlpha && Container.HoldsAlpha ? codecs.Where(codec => OutputCodec.Of(codec).PixelsAlpha is not null) : [];
        return OutputCodec.Of(Style.Codec ?? transparent.Append(codecs[0]).First());
    }

    private static void CheckVideo(string path, OutputContainer container, OutputStyle style)
    {
        if (style.Frames is not null)
            throw Conflict($"--frames-format is for folders, and {path} is a video: leave it out or give the name of a folder");
        if (style.Codec is { } wanted && !container.Codecs.Contains(wanted))
        {
            string able = Words(container.Codecs.Select(codec => OutputCodec.Of(codec).Word));
            string home = OutputContainer.Home(wanted).Ending;
            throw Conflict(
                $"{path} cannot hold {OutputCodec.Of(wanted).Word}: {container.Ending} holds {able}: take one of these, or a name ending "
                + $"in {home}");
        }

        var codec = OutputCodec.Of(style.Codec ?? container.Codecs[0]);
        if (style.Bits is { } bits && !codec.Bits.Contains(bits))
        {
            throw Conflict(
                $"--bits {bits}: {codec.Word} has {Words(codec.Bits.Select(n => n.ToString(CultureInfo.InvariantCulture)))} bits a colour: "
                + "leave it out");
        }

        if (style.Quality is not null && !codec.HasQuality)
            throw Conflict($"--quality: {codec.Word} has one quality only: leave it out");
    }

    private static void CheckFolder(string path, OutputTarget target)
    {
        var style = target.Style;
        if (style.Codec is { } codec)
        {
            throw Conflict(
                $"{path} is a folder of frames, and --codec {OutputCodec.Of(codec).Word} is for videos: give a name ending in "
                + OutputContainer.Home(codec).Ending);
        }

        if (style.Bits is > 8) throw Conflict($"--bits {style.Bits}: frames in a folder have 8 bits a colour: leave it out");
        if (style.Quality is not null && target.Frames == FramesFormat.Png)
            throw Conflict("--quality: PNG frames lose nothing: leave it out or take --frames-format jpeg");
    }

    private static string Word(FramesFormat format) => format == FramesFormat.Png ? "png" : "jpeg";

    private static string Words(IEnumerable<string> words)
    {
        string[] all = [.. words];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} or {all[^1]}";
    }

    private static InputException Conflict(string line) => new(InputCode.Conflict, line);
}
