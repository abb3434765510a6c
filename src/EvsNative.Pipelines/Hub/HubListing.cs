using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Pipelines.Hub;

/// <summary>What a hub says of a repository at one revision.</summary>
/// <param name="Commit">the commit that the revision stands for</param>
/// <param name="Licence">the licence's name as its owner wrote it; null if nothing is said</param>
/// <param name="Files">its files</param>
internal sealed record HubListing(string Commit, string? Licence, IReadOnlyList<HubFile> Files)
{
    private const string LicenceTag = "license:";

    /// <summary>Understands a hub's answer.</summary>
    /// <param name="json">the answer</param>
    /// <param name="origin">the repository, for messages</param>
    /// <exception cref="InputException">it is not what hubs say, or a name in it leads out of the repository's folder</exception>
    public static HubListing Parse(ReadOnlySpan<byte> json, string origin)
    {
        JsonElement root;
        try
        {
            root = JsonText.Parse(json, origin);
        }
        catch (InputException e)
        {
            var kind = FileKinds.Of(json[..Math.Min(json.Length, FileKinds.StartBytes)], json.Length);
            string what = kind == FileKind.HtmlPage ? "a web page, perhaps of a network that wants a login" : FileKinds.Name(kind);
            throw new InputException(InputCode.Network, $"{origin}: the server's list of files is {what}: check --endpoint", cause: e);
        }

        string commit = root.Text("sha") ?? "";
        if (!HubName.IsCommit(commit)) throw Broken(origin, "names no commit");
        if (Member(root, "siblings") is not { ValueKind: JsonValueKind.Array } siblings) throw Broken(origin, "lists no files");
        return new HubListing(commit, LicenceOf(root), [.. siblings.EnumerateArray().Select(file => FileOf(file, origin))]);
    }

    private static HubFile FileOf(JsonElement json, string origin)
    {
        string path = json.Text("rfilename") ?? throw Broken(origin, "lists a file without a name");
        if (!HubName.IsFile(path.Replace(':', '_')))
            throw Broken(origin, $"lists a file {InputText.Quote(path)}, which no folder can hold");
        var large = Member(json, "lfs");
        long? bytes = Size(large) ?? Size(json);
        if ((large?.Text("sha256") ?? large?.Text("oid")) is { } sha256 && HubFile.HashOf(sha256) == HubHash.Sha256)
            return new HubFile(path, bytes, sha256, HubHash.Sha256);
        return large is null && json.Text("blobId") is { } blob && HubFile.HashOf(blob) == HubHash.GitBlob
            ? new HubFile(path, bytes, blob, HubHash.GitBlob)
            : new HubFile(path, bytes, null, HubHash.None);
    }

    private static long? Size(JsonElement? json) =>
        json is { } there && Member(there, "size") is { ValueKind: JsonValueKind.Number } size
            && size.TryGetInt64(out long bytes) && bytes >= 0
                ? bytes
                : null;

    /// <summary>From the head of the repository's page, else from its tags; a name of its own before the word "other".</summary>
    private static string? LicenceOf(JsonElement root)
    {
        if (Member(root, "cardData") is { } card)
        {
            if (card.Text("license_name") is { Length: > 0 } own) return own;
            if (card.Text("license") is { Length: > 0 } one) return one;
            if (Member(card, "license") is { ValueKind: JsonValueKind.Array } several)
                return string.Join(", ", several.EnumerateArray().Take(8).Select(licence => licence.Shown().Trim('"')));
        }

        return Member(root, "tags") is not { ValueKind: JsonValueKind.Array } tags ? null
            : tags.EnumerateArray().Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!)
                .FirstOrDefault(tag => tag.StartsWith(LicenceTag, StringComparison.Ordinal))?[LicenceTag.Length..];
    }

    private static JsonElement? Member(JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    private static InputException Broken(string origin, string what) =>
        new(InputCode.Network, $"{origin}: the server's list of files {what}: check --endpoint");
}
