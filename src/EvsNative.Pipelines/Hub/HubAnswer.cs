using System.IO.Compression;
using System.Net;

namespace EvsNative.Pipelines.Hub;

/// <summary>A server's answer after all redirects, with what the hub itself said of the file on the way.</summary>
internal sealed class HubAnswer : IDisposable
{
    private readonly HttpResponseMessage _response;

    /// <summary>The last answer, and the tag and size that earlier ones told.</summary>
    public HubAnswer(HttpResponseMessage response, string? linkedTag, long? linkedSize) =>
        (_response, LinkedTag, LinkedSize) = (response, linkedTag, linkedSize);

    /// <summary>The answer's number.</summary>
    public HttpStatusCode Status => _response.StatusCode;

    /// <summary>The file's tag as the hub tells it (X-Linked-Etag); null if it does not.</summary>
    public string? LinkedTag { get; }

    /// <summary>The file's size as the hub tells it (X-Linked-Size); null if it does not.</summary>
    public long? LinkedSize { get; }

    /// <summary>The version of what is sent, as whoever sends it tells (ETag).</summary>
    public string? Tag => _response.Headers.ETag is { } tag ? Plain(tag.Tag) : Header("ETag") is { } other ? Plain(other) : null;

    /// <summary>Bytes of the body, where they are told.</summary>
    public long? Length => _response.Content.Headers.ContentLength;

    /// <summary>The first byte of a part; null if the whole is sent.</summary>
    public long? From => _response.Content.Headers.ContentRange?.From;

    /// <summary>Bytes of the whole of which a part is sent.</summary>
    public long? Whole => _response.Content.Headers.ContentRange?.Length;

    /// <summary>How the body is packed; null if it is not.</summary>
    public string? Packing => _response.Content.Headers.ContentEncoding.LastOrDefault(word => word != "identity");

    /// <summary>How long the server wants to be left alone.</summary>
    public TimeSpan? RetryAfter =>
        _response.Headers.RetryAfter is not { } after ? null : after.Delta ?? (after.Date - DateTimeOffset.UtcNow);

    /// <summary>The server's word for a refusal.</summary>
    public string? ErrorWord => Header("X-Error-Code");

    /// <summary>The body, unpacked if it comes packed though plain bytes were asked for.</summary>
    /// <exception cref="HubTrouble">it is packed in another way than gzip's</exception>
    public async Task<Stream> Open(CancellationToken stop)
    {
        var body = await _response.Content.ReadAsStreamAsync(stop);
        return Packing switch
        {
            null => body,
            "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
            var other => throw new HubTrouble($"packs what it sends in a way that was not asked for ({other})"),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _response.Dispose();

    /// <summary>A tag without quotation marks and without the mark of a weak one.</summary>
    public static string Plain(string tag) => (tag.Trim() is ['W', '/', .. var rest] ? rest : tag.Trim()).Trim('"');

    private string? Header(string name) => _response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
