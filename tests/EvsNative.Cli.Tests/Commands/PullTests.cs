using System.Diagnostics;
using EvsNative.Pipelines.Hub;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Models that are fetched by their names and then used by them.</summary>
public sealed class PullTests : IDisposable
{
    private readonly HubServer _server = new();
    private readonly TemporaryFolder _folder = new();

    private Dictionary<string, string?> Variables => VariablesOf(_server, _folder);

    /// <summary>The environment of somebody whose hub and cache these are.</summary>
    internal static Dictionary<string, string?> VariablesOf(HubServer server, TemporaryFolder folder) => new()
    {
        ["HF_HUB_CACHE"] = folder["hub"],
        ["HF_HOME"] = folder.Path,
        ["HF_ENDPOINT"] = server.Address,
        ["HF_TOKEN"] = null,
        ["HUGGING_FACE_HUB_TOKEN"] = null,
        ["HF_HUB_OFFLINE"] = null,
    };

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_model_that_was_pulled_is_used_by_its_name()
    {
        string origin = Repository.File("weights", "evs-tiny");
        foreach (string file in Directory.EnumerateFiles(origin, "*", SearchOption.AllDirectories))
            _server.Files[Path.GetRelativePath(origin, file).Replace('\\', '/')] = File.ReadAllBytes(file);

        string[] plan = ["plan", "--size", "32x32", "--frames", "2", "--json", "--model"];
        string missing = Run([.. plan, HubServer.Repository]).Complaint();
        Assert.EndsWith($"evsnative pull {HubServer.Repository}", missing, StringComparison.Ordinal);

        string text = Run("pull", HubServer.Repository).Text();
        Assert.Contains("licence: mit", text, StringComparison.Ordinal);
        string folder = Path.Combine(_folder["hub"], "models--someone--some-model");
        Assert.Contains(Path.Combine(folder, "snapshots", _server.Commit), text, StringComparison.Ordinal);
        Assert.Contains("everything was there", Run("pull", HubServer.Repository).Text(), StringComparison.Ordinal);

        string name = HubServer.Repository;
        var wanted = Run([.. plan, origin]).Json();
        string[] parts = ["--motion", $"{name}/motion_adapter", "--tokenizer", $"{name}/tokenizer"];
        foreach (string[] args in (string[][])[[.. plan, name], [.. plan, name, .. parts], [.. plan, folder]])
        {
            var json = Run(args).Json();
            Assert.Equal(wanted.GetProperty("weightBytes").GetInt64(), json.GetProperty("weightBytes").GetInt64());
            Assert.Equal(wanted.GetProperty("flops").GetInt64(), json.GetProperty("flops").GetInt64());
        }
    }

    [Fact]
    public void For_scripts_there_is_an_object()
    {
        _server.Files["x.safetensors"] = [1, 2, 3];
        var json = Run("pull", HubServer.Repository, "--json").Json();
        Assert.Equal((HubServer.Repository, _server.Commit, "mit", 3, 3),
            (json.GetProperty("name").GetString(), json.GetProperty("commit").GetString(), json.GetProperty("licence").GetString(),
                json.GetProperty("bytes").GetInt64(), json.GetProperty("fetchedBytes").GetInt64()));
        var file = Assert.Single(json.GetProperty("files").EnumerateArray().ToArray());
        Assert.Equal(("x.safetensors", HubServer.Tag("x.safetensors", [1, 2, 3])),
            (file.GetProperty("path").GetString(), file.GetProperty("tag").GetString()));
        Assert.True(Directory.Exists(json.GetProperty("path").GetString()));
        var models = Run("pull", "--list", "--json").Json().GetProperty("models");
        Assert.Equal(KnownModels.All.Count, models.GetArrayLength());
    }

    [Fact]
    public void The_list_names_what_goes_with_the_program()
    {
        string text = Run("pull", "--list").Text();
        foreach (var known in KnownModels.All) Assert.Contains(known.Word, text, StringComparison.Ordinal);
        Assert.Contains("creativeml-openrail-m", text, StringComparison.Ordinal);
        Assert.Contains("4.27 GB", text, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Theory]
    [InlineData(401, "", "no-access", "set HF_TOKEN")]
    [InlineData(403, "GatedRepo", "no-access", "accept its terms")]
    [InlineData(404, "RepoNotFound", "not-found", "check the name on")]
    [InlineData(302, "", "network", "redirects to nowhere")]
    public void A_refusal_is_a_line_and_a_code(int status, string word, string code, string line)
    {
        _server.Instead = _ => HubReply.Text(status, "", ("X-Error-Code", word));
        Assert.Contains(line, Run("pull", HubServer.Repository).Complaint(), StringComparison.Ordinal);
        var scripted = Run("pull", HubServer.Repository, "--json");
        Assert.Contains(line, scripted.Summary(), StringComparison.Ordinal);
        Assert.Contains($"\"code\": \"{code}\"", scripted.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pull needs a name")]
    [InlineData("perhaps epicrealism?", "epic")]
    [InlineData("'c/d' is one word too many: one name at a time", "a/b", "c/d")]
    [InlineData("did you mean '--revision'?", "a/b", "--revison", "x")]
    public void Wrong_words_are_told(string line, params string[] args) =>
        Assert.Contains(line, Run(["pull", .. args]).Complaint(), StringComparison.Ordinal);

    [Fact]
    public async Task A_pull_that_is_stopped_says_that_it_can_go_on()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Needs signals.");
        _server.Files["x.safetensors"] = new byte[5000];
        using var begun = new SemaphoreSlim(0);
        _server.Instead = request =>
        {
            if (!request.Target.StartsWith("/cdn/", StringComparison.Ordinal)) return null;
            begun.Release();
            return _server.Answer(request) with { Sent = 2000, Stalls = true };
        };
        var environment = Variables.ToDictionary(pair => pair.Key, pair => pair.Value ?? "");
        using var process = Evs.Start(_folder.Path, ["pull", HubServer.Repository], environment: environment);
        var end = Evs.Finish(process);
        try
        {
            Assert.True(await begun.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), "nothing was asked for");
            using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            var outcome = await end.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.Equal((Faults.Stopped, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains("the same command goes on from there", outcome.Error, StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private Outcome Run(params string[] args) => Evs.RunIn(Variables, args);
}
