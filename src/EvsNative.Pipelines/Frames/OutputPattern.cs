using System.Globalization;
using System.Text.RegularExpressions;

namespace EvsNative.Pipelines.Frames;

/// <summary>A name that stands for the frames of a folder, as ffmpeg writes it: <c>out/f%04d.png</c>.</summary>
/// <param name="Folder">the folder</param>
/// <param name="Name">the pattern of the frames' names in it</param>
/// <param name="Format">what they are</param>
internal sealed partial record OutputPattern(string Folder, string Name, FramesFormat Format)
{
    /// <summary>From a path; null where its last part is no pattern.</summary>
    public static OutputPattern? Of(string path)
    {
        string name = Path.GetFileName(path);
        if (!Pattern().IsMatch(name)) return null;
        string folder = Path.GetDirectoryName(path) ?? "";
        bool isPng = Path.GetExtension(name).Equals(".png", StringComparison.OrdinalIgnoreCase);
        return new OutputPattern(folder.Length == 0 ? "." : folder, name, isPng ? FramesFormat.Png : FramesFormat.Jpeg);
    }

    /// <summary>The name of a frame.</summary>
    /// <param name="pattern">such as <c>f%04d.png</c></param>
    /// <param name="number">the frame's, from 0</param>
    public static string NameOf(string pattern, int number) => Number().Replace(pattern, found =>
    {
        int digits = found.Groups[1].Success ? int.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 1;
        return number.ToString($"D{digits}", CultureInfo.InvariantCulture);
    });

    [GeneratedRegex(@"^[^%]*%(?:0[1-9])?d[^%]*\.(?:png|jpe?g)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();

    [GeneratedRegex("%(?:0([1-9]))?d", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
