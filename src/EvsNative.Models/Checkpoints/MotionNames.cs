using System.Globalization;
using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>What names of files, folders and repositories tell of the motion modules in them.</summary>
internal static partial class MotionNames
{
    /// <summary>The family of the first name that tells one, with the steps that it or a name before it tells.</summary>
    public static (CheckpointFamily Family, int? Steps)? Find(IEnumerable<string> names)
    {
        int? steps = null;
        foreach (string name in names)
        {
            if (StepsName().Match(name) is { Success: true } told) steps ??= int.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture);
            if (LightningName().IsMatch(name)) return (CheckpointFamily.AnimateDiffLightning, steps);
            if (LcmName().IsMatch(name)) return (CheckpointFamily.AnimateLcm, null);
            if (AnimateDiffName().IsMatch(name)) return (CheckpointFamily.AnimateDiff, null);
        }

        return null;
    }

    /// <summary>
    /// The names of a path from the last up, each followed by the one at its place in the path with all links followed: a hub's cache has
    /// telling folders and telling links to files whose names are sums.
    /// </summary>
    public static IEnumerable<string> Of(string path)
    {
        string[] given = Names(Path.GetFullPath(path)), real = Names(RealPath.Of(path));
        for (int i = 1; i <= Math.Max(given.Length, real.Length); i++)
        {
            if (i <= given.Length) yield return given[^i];
            if (i <= real.Length) yield return real[^i];
        }
    }

    /// <summary>The names between the separators of a full path, from the root on.</summary>
    private static string[] Names(string full) =>
        full[Path.GetPathRoot(full)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"(?<!\d)([1248])[-_ ]?step", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StepsName();

    [GeneratedRegex("lightning", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LightningName();

    [GeneratedRegex("animate[-_ ]?lcm|(?<![a-z])lcm(?![a-z])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LcmName();

    [GeneratedRegex("mm_?sd|v3_sd15|motion-adapter|animatediff", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AnimateDiffName();
}
