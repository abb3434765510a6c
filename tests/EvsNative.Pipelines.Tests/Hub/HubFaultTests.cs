using System.IO.Compression;
using EvsNative.Layers;
using EvsNative.Pipelines.Hub;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests.Hub;

/// <summary>Servers that do not keep their word: what may pass is waited for, the rest is a line, and nothing wrong gets a name.</summary>
public sealed class HubFaultTests : IDisposable
{
    private const string Weights = "unet/diffusion_pytorch_model.safetensors";

    private readonly HubTrial _trial = new();

    /// <summary>Faults that pass: what is answered the first time. Later the server answers itself.</summary>
    private static readonly Dictionary<string, Func<HubServer, HubRequest, HubReply>> Passing = new()
    {
        ["cut off"] = (server, request) => server.Answer(request) with { Sent = 3000 },
        ["cut off without a length"] = (server, request) => server.Answer(request) with { Sent = 3000, Length = null },
        ["stalls"] = (server, request) => server.Answer(request) with { Sent = 3000, Stalls = true },
        ["says nothing at all"] = (server, request) => server.Answer(request) with { Sent = 0, Stalls = true },
        ["500"] = (_, _) => HubReply.Text(500),
        ["503 with a wish"] = (_, _) => HubReply.Text(503, "", ("Retry-After", "0")),
        ["429 with a long wish"] = (_, _) => HubReply.Text(429, "", ("Retry-After", "3600")),
        ["429 with a date"] = (_, _) => HubReply.Text(429, "", ("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")),
        ["408"] = (_, _) => HubReply.Text(408),
        ["gibberish"] = (_, _) => HubReply.Text(200, "") with { Headers = new() { ["Content-Range\r\nno header at all"] = "" } },
        ["another packing"] = (server, request) => Packed(server.Answer(request), "zstd"),
        ["damaged gzip"] = (server, request) => server.Answer(request) with { Headers = new() { ["Content-Encoding"] = "gzip" } },
    };

    /// <summary>The server stays as it is, and so does the refusal.</summary>
    private static readonly Dictionary<string, (Func<HubServer, HubRequest, HubReply?> Answer, InputCode Code, string Line)> Lasting = new()
    {
        ["401 unknown"] = (Status(401, "RepoNotFound"), InputCode.NotFound, "shows it to its owner only"),
        ["401 gated"] = (Status(401, "GatedRepo"), InputCode.NoAccess, "accept its terms"),
        ["401"] = (Status(401), InputCode.NoAccess, "set HF_TOKEN"),
        ["403"] = (Status(403), InputCode.NoAccess, "refuses"),
        ["403 gated"] = (Status(403, "GatedRepo"), InputCode.NoAccess, "accept its terms"),
        ["451"] = (Status(451), InputCode.NoAccess, "may not give"),
        ["404"] = (Status(404), InputCode.NotFound, "has no someone/some-model"),
        ["404 revision"] = (Status(404, "RevisionNotFound"), InputCode.NotFound, "has no revision 'main'"),
        ["407"] = (Status(407), InputCode.NoAccess, "a proxy"),
        ["418"] = (Status(418), InputCode.Network, "answers 418"),
        ["500 for ever"] = (Status(500), InputCode.Network, "answers 500"),
        ["429 for ever"] = (Status(429), InputCode.Network, "is asked too often"),
        ["a loop"] = ((_, request) => HubReply.Text(302, "", ("Location", request.Target)), InputCode.Network, "more than 10 times"),
        ["to a file"] = ((_, _) => HubReply.Text(302, "", ("Location", "file:///etc/passwd")), InputCode.Network, "no address of the web"),
        ["to nowhere"] = ((_, _) => HubReply.Text(302), InputCode.Network, "redirects to nowhere"),
        ["to nobody"] = ((_, _) => HubReply.Text(307, "", ("Location", "http://127.0.0.1:1/x")), InputCode.Network, "cannot be reached"),
        ["a page that wants a login"] = (Text("<!doctype html><html>log in"), InputCode.Network, "a network that wants a login"),
        ["no JSON"] = (Text("{\"sha\": "), InputCode.Network, "JSON text"),
        ["no list"] = (Text("[]"), InputCode.Network, "names no commit"),
        ["a commit that leads out"] = (Text("{\"sha\": \"../../x\", \"siblings\": []}"), InputCode.Network, "names no commit"),
        ["no files"] = (Text(Listed("")), InputCode.NotFound, "no weights"),
        ["a name that leads out"] = (Text(Listed("../../../.bashrc")), InputCode.Network, "which no folder can hold"),
        ["a name that leads out below"] = (Text(Listed("unet/../../x.bin")), InputCode.Network, "which no folder can hold"),
        ["an absolute name"] = (Text(Listed("/etc/x.bin")), InputCode.Network, "which no folder can hold"),
        ["a name of Windows"] = (Text(Listed("..\\\\..\\\\x.bin")), InputCode.Network, "which no folder can hold"),
        ["a name with NUL"] = (Text(Listed("x\\u0000.bin")), InputCode.Network, "which no folder can hold"),
        ["half a surrogate"] = (Text(Listed("\\ud800.bin")), InputCode.Network, "the server's list of files is"),
        ["a huge list"] = ((_, _) => new HubReply(200, new byte[InputLimits.JsonBytes + 10]), InputCode.TooLarge, "a list of files over"),
        ["a list for ever"] =
            ((_, _) => HubReply.Text(200, "{") with { Stalls = true, Length = null }, InputCode.Network, "sends nothing for 0.2 s"),
    };

    /// <summary>Lies about a file.</summary>
    private static readonly Dictionary<string, (Func<HubServer, HubRequest, HubReply> Answer, InputCode Code, string Line)> Lies = new()
    {
        ["another file of its length"] = ((server, request) => Changed(server.Answer(request), 77), InputCode.Damaged, "what came is not"),
        ["a longer file"] = ((server, request) => With(server.Answer(request), 5001), InputCode.Network, "5001 bytes where it lists 5000"),
        ["a shorter file"] = ((server, request) => With(server.Answer(request), 4999), InputCode.Network, "4999 bytes where it lists 5000"),
        ["more than it says"] =
            ((server, request) => With(server.Answer(request), 9000) with { Length = null }, InputCode.Network, "more than the 5000"),
        ["always cut off"] = ((server, request) => server.Answer(request) with { Sent = 0 }, InputCode.Network, "breaks the connection"),
        ["gone"] = ((_, _) => HubReply.Text(404, "", ("X-Error-Code", "EntryNotFound")), InputCode.NotFound, "no such file in the rep"),
        ["no access"] = ((_, _) => HubReply.Text(403, "", ("X-Error-Code", "GatedRepo")), InputCode.NoAccess, "accept its terms"),
    };

    public static TheoryData<string> PassingNames => [.. Passing.Keys];

    public static TheoryData<string> LastingNames => [.. Lasting.Keys];

    public static TheoryData<string> LiesNames => [.. Lies.Keys];

    public void Dispose() => _trial.Dispose();

    [Theory]
    [MemberData(nameof(PassingNames))]
    public void What_may_pass_is_waited_for(string name)
    {
        int times = 0;
        bool isSilent = Passing[name](_trial.Server, new HubRequest("GET", $"/cdn/{Weights}", new Dictionary<string, string>())).Stalls;
        if (isSilent) _trial.Hurry();
        _trial.Server.Instead = request =>
            IsOfStore(request) && Interlocked.Increment(ref times) == 1
                ? Passing[name](_trial.Server, request)
                : null;
        _trial.Pull();
        Assert.Equal(_trial.Server.Files[Weights], _trial.Pulled(Weights));
        Assert.True(isSilent ? times >= 2 : times == 2, $"{times} times");
        _trial.ExpectNoParts();
        if (times > 2) return;
        int from = _trial.Server.Requests.Last(IsOfStore).From;
        Assert.Equal(name.StartsWith("cut off", StringComparison.Ordinal) || name == "stalls" ? 3000 : 0, from);
    }

    [Theory]
    [MemberData(nameof(LastingNames))]
    public void What_lasts_is_one_line_and_nothing_is_kept(string name)
    {
        var (answer, code, line) = Lasting[name];
        if (name == "a list for ever") _trial.Hurry(tries: 2);
        _trial.Server.Instead = request => answer(_trial.Server, request);
        Assert.Contains(line, InputErrors.Expect(() => _trial.Pull(), code, line), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_trial.Cache.Root));
    }

    [Theory]
    [MemberData(nameof(LiesNames))]
    public void A_file_that_is_not_what_was_listed_gets_no_name(string name)
    {
        var (answer, code, line) = Lies[name];
        _trial.Server.Instead = request => IsOfStore(request) ? answer(_trial.Server, request) : null;
        InputErrors.Expect(() => _trial.Pull(), code, line);
        string tag = HubServer.Tag(Weights, _trial.Server.Files[Weights]);
        Assert.Empty(Directory.GetFiles(_trial.Cache.Root, tag, SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(_trial.Cache.Root, "main", SearchOption.AllDirectories));
        if (code == InputCode.Damaged) _trial.ExpectNoParts();
    }

    [Theory]
    [InlineData(200)]
    [InlineData(416)]
    [InlineData(206)]
    public void A_server_that_sends_no_parts_sends_the_whole(int status)
    {
        byte[] content = _trial.Server.Files[Weights];
        _trial.Leave(Weights, content[..2000]);
        _trial.Server.Instead = request => !IsOfStore(request) || request.From == 0 ? null
            : status == 416 ? HubReply.Text(416)
            : status == 200 ? new HubReply(200, content)
            : new HubReply(206, content) { Headers = { ["Content-Range"] = "bytes 0-4999/5000" } };
        _trial.Pull();
        Assert.Equal(content, _trial.Pulled(Weights));
    }

    [Fact]
    public void Another_version_between_two_tries_begins_anew()
    {
        byte[] content = _trial.Server.Files[Weights], other = HubTrial.Bytes(5000);
        int times = 0;
        _trial.Server.Instead = request => !IsOfStore(request) ? null
            : ++times == 1 ? new HubReply(200, [.. other.Reverse()]) { Sent = 2500, Headers = { ["ETag"] = "\"old\"" } }
            : _trial.Server.Answer(request);
        _trial.Pull();
        Assert.Equal(content, _trial.Pulled(Weights));
        Assert.Equal(3, times);
    }

    [Fact]
    public void A_repository_that_changes_meanwhile_is_listed_anew()
    {
        byte[] old = _trial.Server.Files[Weights], changed = HubTrial.Bytes(6000);
        int listed = 0;
        _trial.Server.Instead = request =>
        {
            if (request.IsOfFile || ++listed > 1) return null;
            var first = _trial.Server.Answer(request);
            _trial.Server.Files[Weights] = changed;
            return first;
        };
        _trial.Pull();
        Assert.Equal(changed, _trial.Pulled(Weights));
        Assert.Equal(2, listed);

        _trial.Server.Instead = request =>
        {
            if (request.IsOfFile) return null;
            _trial.Server.Files[Weights] = HubTrial.Bytes(++listed * 100);
            var listing = _trial.Server.Answer(request);
            _trial.Server.Files[Weights] = old;
            return listing;
        };
        InputErrors.Expect(() => _trial.Pull(), InputCode.Network, "changed while it was fetched, 3 times");
    }

    [Fact]
    public void What_comes_packed_is_unpacked_and_tried()
    {
        _trial.Server.Instead = request => IsOfStore(request)
            || request.Target.StartsWith("/api/", StringComparison.Ordinal) ? Packed(_trial.Server.Answer(request), "gzip") : null;
        _trial.Pull();
        Assert.Equal(_trial.Server.Files[Weights], _trial.Pulled(Weights));
        Assert.All(_trial.Server.Requests, request => Assert.Equal("identity", request.Headers["accept-encoding"]));
    }

    [Fact]
    public void A_bomb_of_gzip_is_cut_at_the_listed_size()
    {
        _trial.Server.Instead = request => IsOfStore(request)
            ? Packed(new HubReply(200, new byte[1 << 22]), "gzip")
            : null;
        InputErrors.Expect(() => _trial.Pull(), InputCode.Network, "sends more than the 5000");
    }

    [Fact]
    public void Progress_earns_more_tries()
    {
        byte[] content = _trial.Server.Files[Weights] = HubTrial.Bytes(9500);
        _trial.Server.Instead = request => IsOfStore(request) && request.From < 9000
            ? _trial.Server.Answer(request) with { Sent = 1000 }
            : null;
        _trial.Pull();
        Assert.Equal(content, _trial.Pulled(Weights));
    }

    [Fact]
    public void A_stopped_pull_leaves_a_part_and_the_next_one_goes_on()
    {
        using var stop = new CancellationTokenSource();
        byte[] content = _trial.Server.Files[Weights];
        _trial.Server.Instead = request => IsOfStore(request) && request.From == 0
            ? _trial.Server.Answer(request) with { Sent = 3000, Stalls = true }
            : null;
        var patient = _trial.Request() with { Times = new HubTimes() };
        var pull = Task.Run(() => HubPull.Run(patient, stop: stop.Token));
        string tag = HubServer.Tag(Weights, content);
        string part = Path.Combine(_trial.Cache.Root, "models--someone--some-model", "blobs", $"{tag}.incomplete");
        SpinWait.SpinUntil(() => new FileInfo(part) is { Exists: true, Length: 3000 }, TimeSpan.FromSeconds(5));
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(pull.GetAwaiter().GetResult);
        Assert.Equal(content[..3000], File.ReadAllBytes(part));
        _trial.Pull();
        Assert.Equal(content, _trial.Pulled(Weights));
    }

    [Theory]
    [InlineData("ftp://x", "not an address of a server")]
    [InlineData("hub", "not an address of a server")]
    [InlineData("https://user:word@hub", "not an address of a server")]
    public void An_endpoint_must_be_a_server(string endpoint, string line) =>
        InputErrors.Expect(() => HubPull.Run(_trial.Request() with { Endpoint = endpoint }), InputCode.UnknownWord, line);

    [Theory]
    [InlineData("nothing", InputCode.UnknownWord, "neither owner/name nor a known model")]
    [InlineData("lightning", InputCode.UnknownWord, "perhaps lightning-1 or lightning-2")]
    [InlineData("someone/some-model/absent.bin", InputCode.NotFound, "no file 'absent.bin' in it")]
    [InlineData("someone/some-model@v1", InputCode.Conflict, "says another revision")]
    public void A_name_that_is_none_is_told(string name, InputCode code, string line) => InputErrors.Expect(
        () => HubPull.Run(_trial.Request(name) with { Revision = code == InputCode.Conflict ? "v2" : null }), code, line);

    [Fact]
    public void Offline_means_offline()
    {
        _trial.Variables["HF_HUB_OFFLINE"] = "1";
        InputErrors.Expect(() => _trial.Pull(), InputCode.Network, "HF_HUB_OFFLINE");
        Assert.Empty(_trial.Server.Requests);
    }

    [Fact]
    public void A_server_that_is_not_there_is_told_soon()
    {
        string address = _trial.Server.Address;
        _trial.Server.Dispose();
        var request = _trial.Request() with { Endpoint = address };
        InputErrors.Expect(() => HubPull.Run(request), InputCode.Network, "cannot be reached: check the network");
    }

    private static bool IsOfStore(HubRequest request) => request.Target.StartsWith("/cdn/", StringComparison.Ordinal);

    private static Func<HubServer, HubRequest, HubReply?> Status(int status, string? word = null) =>
        (_, _) => word is null ? HubReply.Text(status) : HubReply.Text(status, "", ("X-Error-Code", word));

    private static Func<HubServer, HubRequest, HubReply?> Text(string body) => (_, _) => HubReply.Text(200, body);

    private static string Listed(string name) =>
        $"{{\"sha\": \"{new string('a', 40)}\", \"siblings\": [{(name.Length == 0 ? "" : $"{{\"rfilename\": \"{name}\"}}")}]}}";

    private static HubReply Changed(HubReply reply, int at)
    {
        if (reply.Body.Length > at) reply.Body[at] ^= 1;
        return reply;
    }

    private static HubReply With(HubReply reply, int bytes) =>
        reply.Status == 302 ? reply : new HubReply(reply.Status, HubTrial.Bytes(bytes)) { Headers = reply.Headers };

    private static HubReply Packed(HubReply reply, string word)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(reply.Body);
        return new HubReply(reply.Status, packed.ToArray()) { Headers = new(reply.Headers) { ["Content-Encoding"] = word } };
    }
}
