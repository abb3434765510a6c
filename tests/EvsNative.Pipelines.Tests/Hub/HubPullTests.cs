using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Hub;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests.Hub;

/// <summary>Models that are fetched into a cache, from a server that behaves.</summary>
public sealed class HubPullTests : IDisposable
{
    private const string Weights = "unet/diffusion_pytorch_model.safetensors";

    private readonly HubTrial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void A_model_lies_in_the_cache_as_other_programs_expect_it()
    {
        var pulled = _trial.Pull();
        string folder = Path.Combine(_trial.Cache.Root, "models--someone--some-model");
        Assert.Equal(Path.Combine(folder, "snapshots", _trial.Server.Commit), pulled.Path);
        Assert.Equal(_trial.Server.Commit, File.ReadAllText(Path.Combine(folder, "refs", "main")));
        var paths = pulled.Files.Select(file => file.Path).Order(StringComparer.Ordinal);
        Assert.Equal(["model_index.json", "unet/config.json", Weights], paths);
        foreach (var file in pulled.Files)
        {
            byte[] content = _trial.Server.Files[file.Path];
            string tag = HubServer.Tag(file.Path, content), place = Path.Combine(pulled.Path, file.Path);
            Assert.Equal((tag, content.LongLength, false), (file.Tag, file.Bytes, file.WasThere));
            Assert.Equal(content, File.ReadAllBytes(Path.Combine(folder, "blobs", tag)));
            Assert.Equal(content, File.ReadAllBytes(place));
            string up = file.Path.Contains('/', StringComparison.Ordinal) ? "../../../blobs/" : "../../blobs/";
            Assert.Equal(up + tag, new FileInfo(place).LinkTarget);
        }

        Assert.Equal((3, "mit"), (Directory.GetFiles(Path.Combine(folder, "blobs")).Length, pulled.Licence));
        Assert.Equal(pulled.Path, ModelPath.Resolve(HubServer.Repository, _trial.Cache));
    }

    [Fact]
    public void What_is_there_is_not_fetched_again()
    {
        _trial.Pull();
        int before = _trial.Server.Requests.Count;
        var again = _trial.Pull();
        Assert.All(again.Files, file => Assert.True(file.WasThere));
        Assert.Equal((before + 1, 0), (_trial.Server.Requests.Count, again.FetchedBytes));
    }

    [Fact]
    public void A_new_commit_shares_what_did_not_change()
    {
        string old = _trial.Pull().Path;
        _trial.Server.Commit = new string('b', 40);
        _trial.Server.Files["unet/config.json"] = "{\"b\": 1}"u8.ToArray();
        var pulled = _trial.Pull();
        Assert.Equal(["unet/config.json"], pulled.Files.Where(file => !file.WasThere).Select(file => file.Path));
        Assert.Equal("{\"b\": 1}", File.ReadAllText(Path.Combine(pulled.Path, "unet", "config.json")));
        Assert.NotEqual("{\"b\": 1}", File.ReadAllText(Path.Combine(old, "unet", "config.json")));
        Assert.Equal(pulled.Path, ModelPath.Resolve(HubServer.Repository, _trial.Cache));
        Assert.Equal(old, ModelPath.Resolve($"{HubServer.Repository}@{new string('a', 40)}", _trial.Cache));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(5000)]
    public void A_part_that_an_earlier_run_left_is_gone_on_from(int bytes)
    {
        byte[] content = _trial.Server.Files[Weights];
        _trial.Leave(Weights, content[..bytes]);
        _trial.Pull();
        Assert.Equal(content, _trial.Pulled(Weights));
        var asked = _trial.Server.Requests.Where(request => request.Target.StartsWith("/cdn/", StringComparison.Ordinal)).ToList();
        Assert.Equal(bytes == content.Length ? [] : [bytes], asked.Select(request => request.From));
        Assert.Equal(1, asked.Count + (bytes == content.Length ? 1 : 0));
    }

    [Theory]
    [InlineData("one bad byte")]
    [InlineData("too long")]
    public void A_part_that_is_wrong_is_thrown_away(string how)
    {
        byte[] content = _trial.Server.Files[Weights], part = how == "too long" ? [.. content, 1] : [.. content[..1000]];
        part[7] ^= 1;
        _trial.Leave(Weights, part);
        _trial.Pull();
        Assert.Equal(content, _trial.Pulled(Weights));
        _trial.ExpectNoParts();
    }

    [Fact]
    public void On_a_disk_without_links_the_snapshot_holds_the_files()
    {
        var request = _trial.Request() with { Links = false };
        string place = Path.Combine(HubPull.Run(request).Path, Weights);
        Assert.Null(new FileInfo(place).LinkTarget);
        Assert.Equal(_trial.Server.Files[Weights], File.ReadAllBytes(place));
        Assert.All(HubPull.Run(request).Files, file => Assert.True(file.WasThere));
    }

    [Fact]
    public void One_file_of_many_is_fetched_by_its_name_or_its_address()
    {
        string page = $"{_trial.Server.Address}/{HubServer.Repository}";
        foreach (string name in (string[])[$"{HubServer.Repository}/{Weights}", $"{page}/blob/main/{Weights}"])
        {
            var pulled = HubPull.Run(_trial.Request(name));
            Assert.Equal([Weights], pulled.Files.Select(file => file.Path));
            Assert.Equal(_trial.Server.Files[Weights], File.ReadAllBytes(pulled.Path));
            Assert.Equal(pulled.Path, ModelPath.Resolve($"{HubServer.Repository}/{Weights}", _trial.Cache));
        }
    }

    [Theory]
    [InlineData("v1", "/revision/v1?", "refs/v1")]
    [InlineData("refs/pr/3", "/revision/refs%2Fpr%2F3?", "refs/refs/pr/3")]
    public void A_revision_is_asked_for_and_remembered(string revision, string asked, string remembered)
    {
        HubPull.Run(_trial.Request() with { Revision = revision });
        Assert.Contains(_trial.Server.Requests, request => request.Target.Contains(asked, StringComparison.Ordinal));
        string folder = Path.Combine(_trial.Cache.Root, "models--someone--some-model");
        Assert.Equal(_trial.Server.Commit, File.ReadAllText(Path.Combine(folder, remembered)));
        Assert.False(File.Exists(Path.Combine(folder, "refs", "main")));
        Assert.Equal(HubPull.Run(_trial.Request($"{HubServer.Repository}@{revision}")).Path,
            ModelPath.Resolve($"{HubServer.Repository}@{revision}", _trial.Cache));
    }

    [Fact]
    public async Task Two_pulls_at_once_fetch_each_file_once()
    {
        var pulls = Enumerable.Range(0, 3).Select(_ => Task.Run(_trial.Pull)).ToArray();
        await Task.WhenAll(pulls);
        Assert.Equal(_trial.Server.Files[Weights], _trial.Pulled(Weights));
        Assert.Single(_trial.Server.Requests, request => request.Target.StartsWith("/cdn/", StringComparison.Ordinal));
    }

    [Fact]
    public void A_lock_that_nobody_lets_go_is_named()
    {
        _trial.Hurry();
        var store = new HubStore(_trial.Cache, HubName.TryParse(HubServer.Repository)!, _trial.Server.Commit);
        store.Prepare();
        byte[] content = _trial.Server.Files[Weights];
        using var held = store.Lock(new HubFile(Weights, content.Length, HubServer.Tag(Weights, content), HubHash.Sha256));
        InputErrors.Expect(() => _trial.Pull(), InputCode.NotWritable, ".lock");
    }

    [Fact]
    public void A_server_that_lists_names_alone_is_asked_for_each_file()
    {
        string names = string.Join(',', _trial.Server.Files.Keys.Select(name => $"{{\"rfilename\": \"{name}\"}}"));
        _trial.Server.Instead = request => request.IsOfFile ? null
            : HubReply.Text(200, $$"""{"sha": "{{_trial.Server.Commit}}", "tags": ["x", "license:apache-2.0"], "siblings": [{{names}}]}""");
        var pulled = _trial.Pull();
        Assert.Equal((_trial.Server.Files[Weights].LongLength, "apache-2.0"), (pulled.Bytes - Small(), pulled.Licence));
        Assert.Equal(_trial.Server.Files[Weights], _trial.Pulled(Weights));

        long Small() => pulled.Files.Where(file => file.Path != Weights).Sum(file => file.Bytes ?? 0);
    }

    [Fact]
    public void The_token_goes_to_the_hub_and_to_nobody_else()
    {
        using var store = new HubServer();
        foreach (var (path, content) in _trial.Server.Files) store.Files[path] = content;
        _trial.Server.Instead = request => request.Target.EndsWith(Weights, StringComparison.Ordinal)
            ? HubReply.Text(302, "", ("Location", $"{store.Address}/cdn/{Weights}"))
            : null;
        _trial.Variables["HF_TOKEN"] = " hf_secret\n";
        _trial.Pull();
        Assert.All(_trial.Server.Requests, request => Assert.Equal("Bearer hf_secret", request.Headers["authorization"]));
        Assert.Equal(_trial.Server.Files[Weights], _trial.Pulled(Weights));
        Assert.All(store.Requests, request => Assert.DoesNotContain("authorization", request.Headers.Keys));
        Assert.Single(store.Requests);
    }

    [Fact]
    public void A_token_is_found_where_the_hubs_programs_keep_it_and_is_not_sent_in_the_open()
    {
        _trial.Variables["HF_HOME"] = _trial.Folder["home"];
        _trial.Folder.Write("home/token", "hf_kept\n"u8);
        Assert.Equal("hf_kept", HubToken.Find(_trial.Variable));
        _trial.Variables["HF_TOKEN"] = "hf bad";
        string line = InputErrors.Expect(() => HubToken.Find(_trial.Variable), InputCode.WrongKind, "HF_TOKEN");
        Assert.DoesNotContain("bad", line, StringComparison.Ordinal);
        Assert.False(HubEndpoint.Of("http://hub.example").IsPrivate);
        Assert.True(HubEndpoint.Of("https://hub.example").IsPrivate);
    }

    [Fact]
    public void Where_it_stands_is_told_with_a_rate()
    {
        var told = new List<PullStatus>();
        _trial.Server.Files[Weights] = HubTrial.Bytes(3_000_000);
        var pulled = HubPull.Run(_trial.Request(), new Told(told));
        Assert.NotEmpty(told);
        Assert.All(told, status => Assert.InRange(status.Done, 0, status.Bytes));
        Assert.Contains(told, status => status.What == Weights);
        Assert.All(told, status => Assert.Equal(pulled.Bytes, status.Bytes));
    }

    [Fact]
    public void A_known_file_that_is_another_is_refused()
    {
        var known = KnownModels.Find("SD15-file")!;
        string hash = new('1', 64), file = $$"""{"rfilename": "{{known.Place!.File}}", "lfs": {"sha256": "{{hash}}", "size": 3} }""";
        _trial.Server.Instead = _ => HubReply.Text(200, $$"""{"sha": "{{_trial.Server.Commit}}", "siblings": [{{file}}]}""");
        InputErrors.Expect(() => HubPull.Run(_trial.Request("sd15-file")), InputCode.Mismatch, "6ce016168");
    }

    [Fact]
    public void A_disk_that_is_too_small_is_foretold()
    {
        using var disk = SmallDisk.Create(_trial.Folder["disk"], 512);
        _trial.Server.Files[Weights] = HubTrial.Bytes(600_000);
        var request = _trial.Request() with { Cache = new HubCache(Path.Combine(_trial.Folder["disk"], "hub")) };
        InputErrors.Expect(() => HubPull.Run(request), InputCode.DiskFull, "are to come");
        Assert.DoesNotContain(_trial.Server.Requests, asked => asked.IsOfFile);
    }

    private sealed class Told(List<PullStatus> all) : IProgress<PullStatus>
    {
        public void Report(PullStatus value) => all.Add(value);
    }
}
