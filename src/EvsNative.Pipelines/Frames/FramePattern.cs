using System.Globalization;
using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// A pattern of the names of frames as ffmpeg writes them: <c>f%d.png</c> for f1.png, f2.png, f10.png, <c>f%04d.png</c> for f0001.png. A
/// file that is called so is that file, and no pattern.
/// </summary>
internal sealed partial class FramePattern
{
    private readonly string _path;
    private readonly Regex _names;

    private FramePattern(string path, Match number)
    {
        (_path, Folder) = (path, Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".");
        string name = Path.GetFileName(path);
        int width = number.Groups[1].Length > 0 ? int.Parse(number.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
        // A number that fills its places has no zeros before it.
        string digits = width == 0 ? "(0|[1-9][0-9]*)" : $"([0-9]{{{width}}}|[1-9][0-9]{{{width},}})";
        string before = Regex.Escape(Plain(name[..number.Index])), behind = Regex.Escape(Plain(name[(number.Index + number.Length)..]));
        _names = new Regex($@"\A{before}{digits}{behind}\z", RegexOptions.CultureInvariant);
    }

    /// <summary>Where the frames lie.</summary>
    public string Folder { get; }

    /// <summary>Understands a path; null where it is no pattern.</summary>
    public static FramePattern? Of(string path)
    {
        var numbers = Number().Matches(Path.GetFileName(path)).Where(match => match.Value != "%%").ToArray();
        return numbers.Length == 1 && !Path.Exists(path) ? new FramePattern(path, numbers[0]) : null;
    }

    /// <summary>The files that fit.</summary>
    /// <exception cref="InputException">there are none</exception>
    public FrameNames Choose()
    {
        if (!Directory.Exists(Folder)) throw StorageFault.Missing(Folder);
        string[] files = [.. FrameNames.FilesOf(Folder).Where(file => _names.IsMatch(Path.GetFileName(file)))];
        return files.Length > 0
            ? FrameNames.Of(_path, files)
            : throw new InputException(
                InputCode.NotFound, $"no file in {Folder} fits the pattern {Path.GetFileName(_path)}: check the name");
    }

    private static string Plain(string part) => part.Replace("%%", "%", StringComparison.Ordinal);

    [GeneratedRegex("%%|%(?:0?([0-9]{0,2}))d", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
