using System.Text.Json;

namespace EvsNative.Peers;

/// <summary>One line that the bench sent: an operation and the numbers that describe it, as in bench/peers/torch_peer.py.</summary>
/// <param name="json">the line's object</param>
internal sealed class PeerRequest(JsonElement json)
{
    // What a request says beside the operation itself.
    private static readonly string[] Beside = ["repeats", "write", "variant"];

    /// <summary>The operation's name.</summary>
    public string Operation => Text("op") ?? throw new NotSupportedException("a request without op");

    /// <summary>The operation in all its words: equal for requests that are answered by the same call.</summary>
    public string Key =>
        string.Join(',', json.EnumerateObject().Where(word => !Beside.Contains(word.Name)).Select(word => word.ToString()));

    /// <summary>A number, or what it is where nothing is said.</summary>
    public long Number(string name, long otherwise = 0) => json.TryGetProperty(name, out var value) ? value.GetInt64() : otherwise;

    /// <summary>Whether a word is there and true.</summary>
    public bool Is(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>A word, or null.</summary>
    public string? Text(string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
