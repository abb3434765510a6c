using System.Text.Json;
using EvsNative.Pipelines.Frames;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Licences that limit use: shown before anything is fetched, and asked about on a terminal.</summary>
public sealed class PullLicenceTests : IDisposable
{
    private readonly HubServer _server = new() { Name = "lalala125/AMT" };
    private readonly TemporaryFolder _folder = new();

    public PullLicenceTests() => _server.Files["amt-s.pth"] = [1, 2, 3];

    private Dictionary<string, string?> Variables => PullTests.VariablesOf(_server, _folder);

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Without_a_terminal_an_option_accepts()
    {
        Assert.EndsWith("then say --accept-licence", Run("pull", "amt-s").Complaint(), StringComparison.Ordinal);
        var script = Run("pull", "amt-s", "--json");
        Assert.EndsWith("then say --accept-licence", script.Summary(), StringComparison.Ordinal);
        var error = JsonDocument.Parse(script.Output).RootElement.GetProperty("error");
        Assert.Equal("not-accepted", error.GetProperty("code").GetString());
        Assert.False(Directory.Exists(_folder["hub"]));

        string text = Run("pull", "amt-s", "--accept-licence").Text();
        Assert.Contains("licence: AMT: CC BY-NC 4.0, not for commercial use", text, StringComparison.Ordinal);
        Assert.Contains("use it as evsnative score --amt lalala125/AMT/amt-s.pth", text, StringComparison.Ordinal);
        // What is there is not asked about.
        Assert.Contains("everything was there", Run("pull", "amt-s").Text(), StringComparison.Ordinal);
        string terms = Run("pull", "amt-s", "--json").Json().GetProperty("terms").GetString()!;
        Assert.Contains("CC BY-NC 4.0", terms, StringComparison.Ordinal);
    }

    [Fact]
    public void A_judge_that_was_pulled_scores_by_its_name_without_a_network()
    {
        string file = JudgeWeights.WriteAmt(_folder["amt.pth"]), clip = _folder["fox"];
        _server.Files["amt-s.pth"] = File.ReadAllBytes(file);
        FrameFiles.Write(clip, TestVideos.Smooth(3, 128, 144));
        string[] score = ["score", clip, "--scores", "ms", "--json", "--amt"];
        string missing = Run("score", clip, "--scores", "ms").Error;
        Assert.Contains("get amt-s.pth from the hub (evsnative pull amt-s), and give it with --amt", missing, StringComparison.Ordinal);

        Run("pull", "amt-s", "--accept-licence").Text();
        int asked = _server.Requests.Count;
        double wanted = Score(file);
        Assert.Equal((wanted, wanted), (Score("lalala125/AMT"), Score("lalala125/AMT/amt-s.pth")));
        Assert.Equal(asked, _server.Requests.Count);

        double Score(string amt) => Run([.. score, amt]).Json().GetProperty("clips")[0].GetProperty("ms").GetDouble();
    }

    [Fact]
    public void What_lies_on_no_hub_is_a_line_with_its_page()
    {
        string line = Run("pull", "aesthetic").Complaint();
        Assert.Contains("github.com/discus0434/aesthetic-predictor-v2-5", line, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
        var models = Run("pull", "--list", "--json").Json().GetProperty("models").EnumerateArray();
        var aesthetic = Assert.Single(models, model => model.GetProperty("name").GetString() == "aesthetic");
        Assert.Equal(JsonValueKind.Null, aesthetic.GetProperty("place").ValueKind);
        Assert.Contains("AGPL-3.0", aesthetic.GetProperty("terms").GetString(), StringComparison.Ordinal);
        Assert.Contains("evsnative score --siglip: SigLIP so400m/14", Run("pull", "--list").Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y", true)]
    [InlineData("Yes", true)]
    [InlineData("n", false)]
    [InlineData("", false)]
    public async Task On_a_terminal_it_is_asked(string answer, bool isAccepted)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/script")) Assert.Skip("Needs script, which makes a terminal.");
        // A terminal for all three streams; the answer waits there.
        string[] terminal = ["bash", "-c", "printf '%s\\n' \"$ANSWER\" | script -qec \"${*@Q}\" /dev/null", "bash"];
        var environment = Variables.ToDictionary(pair => pair.Key, pair => pair.Value ?? "");
        environment["ANSWER"] = answer;
        var outcome = await Evs.RunProcess(_folder.Path, ["pull", "amt-s"], through: terminal, environment: environment);
        Assert.Contains("AMT: CC BY-NC 4.0, not for commercial use", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("accept it and fetch lalala125/AMT/amt-s.pth, 0.0 KB? (y/N)", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(isAccepted ? 0 : Faults.UnusableInput, outcome.ExitCode);
        string last = isAccepted ? "use it as evsnative score --amt" : "its licence was not accepted, so nothing was fetched";
        Assert.Contains(last, outcome.Output, StringComparison.Ordinal);
        Assert.Equal(isAccepted, Directory.Exists(_folder["hub"]));
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData(" YES \n", true)]
    [InlineData("yes please\n", false)]
    [InlineData("\n", false)]
    [InlineData("", false)]
    public void Only_a_clear_yes_is_one(string said, bool isYes)
    {
        using var answers = new StringReader(said);
        bool? answer = null;
        var outcome = Evs.Watch(() =>
        {
            answer = Question.Ask("go on?", answers);
            return 0;
        });
        Assert.Equal(isYes, answer);
        Assert.StartsWith("evsnative: go on? (y/N) ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("", outcome.Output);
    }

    private Outcome Run(params string[] args) => Evs.RunIn(Variables, args);
}
