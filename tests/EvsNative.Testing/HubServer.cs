using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EvsNative.Testing;

/// <summary>What was asked of a <see cref="HubServer"/>.</summary>
/// <param name="Method">GET or HEAD</param>
/// <param name="Target">path and query</param>
/// <param name="Headers">by names in small letters</param>
public sealed record HubRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The first byte that is asked for.</summary>
    public int From => Headers.TryGetValue("range", out string? range)
        ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
        : 0;

    /// <summary>Whether a file is asked for.</summary>
    public bool IsOfFile => Target.Contains("/resolve/", StringComparison.Ordinal) || Target.StartsWith("/cdn/", StringComparison.Ordinal);
}

/// <summary>What a <see cref="HubServer"/> answers.</summary>
/// <param name="Status">its number</param>
/// <param name="Body">its bytes</param>
public sealed record HubReply(int Status, byte[] Body)
{
    /// <summary>Headers beside the length.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>The length that it claims; null for none at all.</summary>
    public long? Length { get; init; } = Body.Length;

    /// <summary>Bytes of the body that are sent; then the connection ends.</summary>
    public int Sent { get; init; } = Body.Length;

    /// <summary>True if the connection stays open and silent after what is sent.</summary>
    public bool Stalls { get; init; }

    /// <summary>An answer of a text.</summary>
    public static HubReply Text(int status, string text = "", params (string Name, string Value)[] headers) =>
        new(status, Encoding.UTF8.GetBytes(text)) { Headers = headers.ToDictionary(header => header.Name, header => header.Value) };
}

/// <summary>
/// A hub of one repository on this machine, which answers as the public one does: a list of files with sizes and hashes, files in parts,
/// large ones by a redirect. A test puts itself before it where it should misbehave.
/// </summary>
public sealed class HubServer : IDisposable
{
    /// <summary>Its repository where nothing else is said.</summary>
    public const string Repository = "someone/some-model";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<HubRequest> _requests = new();

    /// <summary>Begins to listen.</summary>
    public HubServer()
    {
        _listener.Start();
        _ = Listen();
    }

    /// <summary>Its address.</summary>
    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Its repository.</summary>
    public string Name { get; init; } = Repository;

    /// <summary>Its files by path.</summary>
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>The commit that it is at.</summary>
    public string Commit { get; set; } = new('a', 40);

    /// <summary>Answers in its place; null where it should answer itself.</summary>
    public Func<HubRequest, HubReply?>? Instead { get; set; }

    /// <summary>What was asked so far.</summary>
    public IReadOnlyList<HubRequest> Requests => [.. _requests];

    /// <summary>The hash by which a file is listed.</summary>
#pragma warning disable CA5350 // Git's hash, not a secret's
    public static string Tag(string path, byte[] content) => IsLarge(path)
        ? Convert.ToHexStringLower(SHA256.HashData(content))
        : Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350

    /// <summary>What it would answer by itself.</summary>
    public HubReply Answer(HubRequest request)
    {
        if (request.Target.StartsWith($"/api/models/{Name}/revision/", StringComparison.OrdinalIgnoreCase)) return Listing();
        string prefix = $"/{Name}/resolve/{Commit}/";
        bool isDirect = request.Target.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
        string path = Uri.UnescapeDataString(isDirect ? request.Target[prefix.Length..] : request.Target.Replace("/cdn/", ""));
        if (!Files.TryGetValue(path, out byte[]? content)) return HubReply.Text(404, "", ("X-Error-Code", "EntryNotFound"));
        string tag = $"\"{Tag(path, content)}\"";
        if (isDirect && IsLarge(path))
            return HubReply.Text(302, "", ("Location", $"/cdn/{path}"), ("X-Linked-Etag", tag), ("X-Linked-Size", $"{content.Length}"));
        int from = request.From;
        if (from >= content.Length && from > 0) return HubReply.Text(416, "", ("Content-Range", $"bytes */{content.Length}"));
        var reply = new HubReply(from > 0 ? 206 : 200, content[from..]);
        reply.Headers["ETag"] = isDirect ? tag : "\"md5-of-the-store\"";
        if (from > 0) reply.Headers["Content-Range"] = $"bytes {from}-{content.Length - 1}/{content.Length}";
        return reply;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Not disposed: those who are served look at it yet.
        _stop.Cancel();
        _listener.Dispose();
    }

    private static bool IsLarge(string path) => Path.GetExtension(path) is ".safetensors" or ".bin" or ".pth";

    private HubReply Listing() => HubReply.Text(200, JsonSerializer.Serialize(new
    {
        sha = Commit,
        cardData = new { license = "mit" },
        siblings = Files.Select(file => new Dictionary<string, object>
        {
            ["rfilename"] = file.Key,
            ["size"] = file.Value.Length,
            [IsLarge(file.Key) ? "lfs" : "blobId"] = IsLarge(file.Key)
                ? new { sha256 = Tag(file.Key, file.Value), size = file.Value.Length, pointerSize = 130 }
                : Tag(file.Key, file.Value),
        }),
    }));

    private async Task Listen()
    {
        try
        {
            while (true) _ = Serve(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Serve(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                var request = await Read(stream);
                _requests.Enqueue(request);
                var reply = Instead?.Invoke(request) ?? Answer(request);
                var head = new StringBuilder($"HTTP/1.1 {reply.Status} .\r\nConnection: close\r\n");
                if (reply.Length is { } length) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
                foreach (var (name, value) in reply.Headers) head.Append($"{name}: {value}\r\n");
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"{head}\r\n"), _stop.Token);
                if (request.Method != "HEAD") await stream.WriteAsync(reply.Body.AsMemory(0, reply.Sent), _stop.Token);
                if (reply.Stalls) await Task.Delay(Timeout.Infinite, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Whoever asked has gone, or the test is over.
        }
    }

    private async Task<HubRequest> Read(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0) throw new IOException("gone");
            head.Append((char)one[0]);
        }

        string[] lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries), words = lines[0].Split(' ');
        var headers = lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1]);
        return new HubRequest(words[0], words[1], headers);
    }
}
