namespace EvsNative.Models;

/// <summary>What people need to know of a judge's file.</summary>
/// <param name="Kind">which it is</param>
/// <param name="Word">the option that takes it, without dashes: <c>amt</c></param>
/// <param name="Title">what it is called: <c>AMT-S</c></param>
/// <param name="FileName">what it is called by whoever published it</param>
/// <param name="From">where it is to be had, in words</param>
/// <param name="Licence">under which licence, in a sentence</param>
public sealed record JudgeFacts(JudgeKind Kind, string Word, string Title, string FileName, string From, string Licence)
{
    /// <summary>What <c>evsnative pull</c> calls it.</summary>
    public string PullWord { get; init; } = Word;

    /// <summary>Its place in the hub: the file, or a repository of which one file of weights is read; null where it has none.</summary>
    public HubName? Place { get; init; }

    /// <summary>The authors' page, on which the licence stands; null where that is the page of its place.</summary>
    public string? Page { get; init; }

    /// <summary>Whether the licence limits what may be done with the file: it is to be accepted before it is fetched.</summary>
    public bool IsLimited { get; init; }

    /// <summary>Other names under which the file lies in a folder, with folders of a hub's repositories.</summary>
    internal IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>All names, the published one first.</summary>
    internal IEnumerable<string> Names => OtherNames.Prepend(FileName);

    /// <summary>What to get and where, as the end of a sentence.</summary>
    public string Advice => $"get {FileName} from {From}, and give it with --{Word}";
}
