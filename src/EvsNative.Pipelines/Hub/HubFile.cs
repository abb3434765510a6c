namespace EvsNative.Pipelines.Hub;

/// <summary>What a file's name in a cache is, and what its bytes can be tried against.</summary>
internal enum HubHash
{
    /// <summary>SHA-256 of the bytes: large files.</summary>
    Sha256,

    /// <summary>SHA-1 as Git takes it, of the bytes with their kind and number before them: small files.</summary>
    GitBlob,

    /// <summary>A server's own word for a version: nothing to try the bytes against.</summary>
    None,
}

/// <summary>A file of a repository.</summary>
/// <param name="Path">its path there, with slashes; nothing in it leads out</param>
/// <param name="Bytes">its size; null where nobody told</param>
/// <param name="Tag">its hash in hexadecimal digits, or the server's word for its version; null where nobody told</param>
/// <param name="Hash">which hash it is</param>
internal sealed record HubFile(string Path, long? Bytes, string? Tag, HubHash Hash)
{
    private const int Sha256Digits = 64, Sha1Digits = 40;

    /// <summary>The last part of its path.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The folders of its path, empty at the top.</summary>
    public string Folder => Path.LastIndexOf('/') is var slash and > 0 ? Path[..slash] : "";

    /// <summary>The same with a version as servers tell it in a header.</summary>
    public HubFile With(string tag) => this with { Tag = tag, Hash = HashOf(tag) };

    /// <summary>What a word may be, by its digits.</summary>
    public static HubHash HashOf(string tag) =>
        !tag.All(char.IsAsciiHexDigitLower) ? HubHash.None
        : tag.Length == Sha256Digits ? HubHash.Sha256
        : tag.Length == Sha1Digits ? HubHash.GitBlob
        : HubHash.None;
}
