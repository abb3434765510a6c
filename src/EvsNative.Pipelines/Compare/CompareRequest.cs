using EvsNative.Layers;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Compare;

/// <summary>Clips, settings, and where all that is made of them lies.</summary>
/// <param name="Folder">of this comparison; its results are kept in it</param>
/// <param name="Clips">the clips; at least one</param>
/// <param name="Groups">the settings; at least one variant</param>
public sealed record CompareRequest(string Folder, IReadOnlyList<CompareClip> Clips, IReadOnlyList<CompareGroup> Groups)
{
    /// <summary>What <c>--demo</c> compares unless something else is said: quick, and each shows a tendency.</summary>
    private static readonly string[] DemoSweeps = ["insert-at=1,4,8,12", "video-start=2,4,6@video-calls=1"];

    /// <summary>Makes a request of choices; a command line lays them over its user's defaults.</summary>
    public Func<Choices, RefineRequest> Open { get; init; } = choices => new RefineRequest(choices);

    /// <summary>The paper's set that the clips are, where somebody says that they are one.</summary>
    public PaperSet? Set { get; init; }

    /// <summary>What the judges' scores are, a line each, to be told beside them.</summary>
    public IReadOnlyList<string> Definitions { get; init; } = [];

    /// <summary>Whether what is there is made again.</summary>
    public bool Force { get; init; }

    /// <summary>From what was said.</summary>
    /// <param name="folder">of this comparison</param>
    /// <param name="clips">what was named as clips; empty for the demo's</param>
    /// <param name="common">what holds for all</param>
    /// <param name="modes">compositions with commas between, or "all"; null for none, or for all where nothing is swept</param>
    /// <param name="sweeps">settings with their values, as <c>gamma=0,0.5,1@sfi=full</c></param>
    /// <param name="namesArePrompts">a clip's name says what it shows</param>
    /// <exception cref="InputException">something of it cannot be used</exception>
    public static CompareRequest Of(
        string folder, IReadOnlyList<string> clips, Choices common, string? modes, IReadOnlyList<string> sweeps, bool namesArePrompts)
    {
        var found = CompareClips.Find(clips, common, namesArePrompts);
        bool isPlainDemo = common.Get(ClipSettings.Demo) == true && modes is null && sweeps.Count == 0;
        var groups = (isPlainDemo ? DemoSweeps : sweeps).Select(Sweep.Read).ToList();
        if (modes is not null || sweeps.Count == 0) groups.Insert(0, CompareGroup.ReadModes(modes ?? "all"));
        if (modes is not null && common.Says(MethodSettings.Mode))
            throw new InputException(InputCode.Conflict, "--modes are compared with one another, --mode holds for all: leave one out");
        if (groups.GroupBy(group => group.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new InputException(InputCode.Conflict, $"--sweep {twice.Key} is given twice: name all its values in one");
        return new CompareRequest(folder, found, groups);
    }
}
