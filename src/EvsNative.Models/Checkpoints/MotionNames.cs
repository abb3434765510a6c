using System.Globalization;
using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>What a name tells of motion modules.</summary>
/// <param name="Family">their family</param>
/// <param name="Steps">steps that they were distilled for, if a name tells that too</param>
/// <param name="Word">the name</param>
/// <param name="IsVague">true for a name that is given to folders of any motion modules</param>
internal sealed record MotionName(CheckpointFamily Family, int? Steps, string Word, bool IsVague = false);

/// <summary>What names of files, folders and repositories tell of the motion modules in them.</summary>
internal static partial class MotionNames
{
    private const RegexOptions Words = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>The first name that tells a family, with the steps that it tells, or a name before it, or one behind it.</summary>
    public static MotionName? Find(IEnumerable<string> names)
    {
        string[] all = [.. names];
        var found = all.Select(Read).FirstOrDefault(name => name is not null);
        if (found is not { Family: CheckpointFamily.AnimateDiffLightning, Steps: null }) return found;
        return found with { Steps = all.Select(StepsIn).FirstOrDefault(steps => steps is not null) };
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

    private static MotionName? Read(string name)
    {
        if (LightningName().IsMatch(name)) return new(CheckpointFamily.AnimateDiffLightning, StepsIn(name) ?? StepsBehind(name), name);
        if (LcmName().IsMatch(name)) return new(CheckpointFamily.AnimateLcm, null, name);
        if (!AnimateDiffName().IsMatch(name)) return null;
        return new(CheckpointFamily.AnimateDiff, null, name, IsVague: name.Equals("animatediff", StringComparison.OrdinalIgnoreCase));
    }

    private static int? StepsIn(string name) => Number(StepsName().Match(name));

    private static int? StepsBehind(string name) => Number(LightningStepsName().Match(name));

    private static int? Number(Match match) => match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    /// <summary>The names between the separators of a full path, from the root on.</summary>
    private static string[] Names(string full) =>
        full[Path.GetPathRoot(full)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"(?<!\d)([1248])[-_ ]?step", Words)]
    private static partial Regex StepsName();

    [GeneratedRegex(@"lightning[-_ ]?([1248])(?!\d)", Words)]
    private static partial Regex LightningStepsName();

    /// <summary>PyTorch Lightning is a program that trains anything.</summary>
    [GeneratedRegex("(?<!py-?torch[-_ ]?)lightning(?![-_ ]?logs)", Words)]
    private static partial Regex LightningName();

    [GeneratedRegex("animate[-_ ]?lcm|(?<![a-z])lcm(?![a-z])", Words)]
    private static partial Regex LcmName();

    /// <summary>
    /// The published files and those that others trained from them. Folders of programs that keep motion modules of any kind tell nothing.
    /// </summary>
    [GeneratedRegex(
        "(?<![a-z0-9])mm[-_]|[-_]mm(?![a-z0-9])|v3_sd15|motion-adapter|temporal[-_ ]?diff|stabilized[-_ ]?(high|mid)"
        + "|improved[-_ ]?(3d)?[-_ ]?motion"
        + "|(?<!(comfyui|webui)[-_ ])animatediff(?![-_ ]?(models|evolved|a1111|cli|webui|motion[-_ ]?lora))",
        Words)]
    private static partial Regex AnimateDiffName();
}
