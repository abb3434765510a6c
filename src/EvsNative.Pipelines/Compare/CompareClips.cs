using System.Text.RegularExpressions;
using EvsNative.Layers;
using EvsNative.Pipelines.Batch;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Compare;

/// <summary>The clips of a comparison, by what was named: videos, folders of frames, folders of clips, lists as of a batch.</summary>
internal static partial class CompareClips
{
    private const string ListEnding = ".jsonl";

    /// <summary>Finds them.</summary>
    /// <param name="paths">what was named; empty for the demo's clip</param>
    /// <param name="common">what holds for all</param>
    /// <param name="namesArePrompts">a clip's name says what it shows, with a number behind it: "a red fox-0.mp4"</param>
    /// <exception cref="InputException">one is not there, or nothing was named</exception>
    public static IReadOnlyList<CompareClip> Find(IReadOnlyList<string> paths, Choices common, bool namesArePrompts)
    {
        bool isDemo = common.Get(ClipSettings.Demo) == true;
        if (isDemo && paths.Count > 0) throw new InputException(InputCode.Conflict, ClipSettings.Demo.Clash!);
        if (isDemo) return [new CompareClip("demo", common)];
        if (paths.Count == 0)
        {
            throw new InputException(
                InputCode.NotGiven, "no clip: name videos, folders of frames, a folder of clips or a .jsonl list of them, or use --demo");
        }

        var found = paths.SelectMany(path => Of(path, common)).Select(choices => Prompted(choices, namesArePrompts)).ToList();
        var twice = found.GroupBy(NameOf).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        return
        [
            .. found.Select(choices => new CompareClip(twice.Contains(NameOf(choices)) ? PathOf(choices) : NameOf(choices), choices)),
        ];
    }

    /// <summary>What a name says of its clip: all before the number of the sample, as in VBench's files.</summary>
    public static string PromptOf(string path) => Sample().Replace(StemOf(path), "");

    private static IEnumerable<Choices> Of(string path, Choices common)
    {
        bool isList = path.EndsWith(ListEnding, StringComparison.OrdinalIgnoreCase) && File.Exists(path);
        bool isFolderOfClips = Directory.Exists(path) && ClipPlace.FramesOf(path) is null or { Count: 0 };
        if (isList || isFolderOfClips) return BatchList.Read(path, common).Jobs.Select(job => job.Choices.Without(OutputSettings.Output));
        _ = ClipPlace.Of(path);
        return [common.With(ClipSettings.Clip, path)];
    }

    private static Choices Prompted(Choices choices, bool namesArePrompts) =>
        !namesArePrompts || choices.Says(ClipSettings.Prompt) || choices.Says(ClipSettings.PromptFile)
            ? choices
            : choices.With(ClipSettings.Prompt, PromptOf(PathOf(choices)));

    private static string PathOf(Choices choices) => choices.Get(ClipSettings.Clip)!;

    private static string NameOf(Choices choices) => StemOf(PathOf(choices));

    private static string StemOf(string path)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        return OutputNames.IsVideo(name) ? Path.GetFileNameWithoutExtension(name) : name;
    }

    [GeneratedRegex(@"-[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sample();
}
