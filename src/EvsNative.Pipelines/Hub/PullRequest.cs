using EvsNative.Models;

namespace EvsNative.Pipelines.Hub;

/// <summary>What to fetch, from where, to where.</summary>
/// <param name="Name">a word of <see cref="KnownModels"/>, owner/name, owner/name/file, owner/name@revision, or an address</param>
public sealed record PullRequest(string Name)
{
    /// <summary>A branch, a tag or a commit; the main branch if absent.</summary>
    public string? Revision { get; init; }

    /// <summary>A variant of weights, such as fp16, where there are several.</summary>
    public string? Variant { get; init; }

    /// <summary>Whether a licence that limits what may be done with the model is accepted.</summary>
    public bool AcceptsLicence { get; init; }

    /// <summary>The hub's address; HF_ENDPOINT's or the public hub's if absent.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The cache; the user's if absent.</summary>
    public HubCache? Cache { get; init; }

    /// <summary>How long to wait for what.</summary>
    internal HubTimes Times { get; init; } = new();

    /// <summary>Reads the environment.</summary>
    internal Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>False as on a disk without links.</summary>
    internal bool Links { get; init; } = true;
}

/// <summary>What is to be accepted before something is fetched.</summary>
/// <param name="Name">owner/name, with the file if one was asked for</param>
/// <param name="Licence">the licence and what it limits, in a sentence</param>
/// <param name="Page">the page on which it stands</param>
/// <param name="Bytes">bytes that would be fetched</param>
public sealed record PullTerms(string Name, string Licence, string Page, long Bytes);

/// <summary>A file that was asked for.</summary>
/// <param name="Path">its path in the repository</param>
/// <param name="Bytes">its size</param>
/// <param name="Tag">its hash: SHA-256 for large files, Git's for small ones</param>
/// <param name="WasThere">whether the cache had it already</param>
public sealed record PulledFile(string Path, long? Bytes, string Tag, bool WasThere);

/// <summary>What was fetched.</summary>
/// <param name="Name">owner/name, with the file if one was asked for: what options for models take</param>
/// <param name="Commit">the commit</param>
/// <param name="Licence">the licence as the repository names it; null if it names none</param>
/// <param name="Path">where it lies: the folder of the snapshot, or the file</param>
/// <param name="Files">the files</param>
/// <param name="Seconds">the time it took</param>
/// <param name="Use">how this program takes it, for a known model</param>
public sealed record PullResult(
    string Name, string Commit, string? Licence, string Path, IReadOnlyList<PulledFile> Files, double Seconds, string? Use)
{
    /// <summary>The licence in a sentence, where it limits what may be done with the model.</summary>
    public string? Terms { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Bytes ?? 0);

    /// <summary>Bytes of those that were not there.</summary>
    public long FetchedBytes => Files.Where(file => !file.WasThere).Sum(file => file.Bytes ?? 0);
}

/// <summary>Where a pull stands.</summary>
/// <param name="What">the file that is fetched, or what is waited for, in words to show</param>
/// <param name="Done">bytes that are there, of all files together</param>
/// <param name="Bytes">bytes of all files together</param>
/// <param name="BytesPerSecond">the rate of the last seconds; 0 where none is known</param>
/// <param name="SecondsLeft">time left at that rate; null where it is not known</param>
public readonly record struct PullStatus(string What, long Done, long Bytes, double BytesPerSecond, double? SecondsLeft);
