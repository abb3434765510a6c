using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Hub;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests.Hub;

/// <summary>The judges of scores, some of which are under licences that limit their use: nothing of those is fetched unasked.</summary>
public sealed class HubLicenceTests : IDisposable
{
    private const string Amt = "amt-s.pth";

    private readonly HubTrial _trial = new() { Server = new HubServer { Name = "lalala125/AMT" } };

    public HubLicenceTests()
    {
        _trial.Server.Files[Amt] = HubTrial.Bytes(5000);
        _trial.Server.Files["amt-l.pth"] = HubTrial.Bytes(6000);
    }

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData("amt-s")]
    [InlineData("AMT-S")]
    [InlineData("lalala125/AMT/amt-s.pth")]
    [InlineData("lalala125/amt/amt-l.pth")]
    public void A_licence_that_limits_is_accepted_before_anything_is_fetched(string name)
    {
        var request = _trial.Request(name);
        string line = InputErrors.Expect(() => HubPull.Run(request), InputCode.NotAccepted, "CC BY-NC 4.0, not for commercial use");
        Assert.Contains("github.com/MCG-NKU/AMT", line, StringComparison.Ordinal);
        Assert.EndsWith("--accept-licence", line, StringComparison.Ordinal);
        Assert.DoesNotContain(_trial.Server.Requests, asked => asked.IsOfFile);
        Assert.False(Directory.Exists(_trial.Cache.Root));

        var terms = HubPull.Terms(request)!;
        Assert.Contains("CC BY-NC 4.0", terms.Licence, StringComparison.Ordinal);
        Assert.Equal(name.EndsWith("l.pth", StringComparison.Ordinal) ? 6000 : 5000, terms.Bytes);
        Assert.False(Directory.Exists(_trial.Cache.Root));

        var pulled = HubPull.Run(request with { AcceptsLicence = true });
        Assert.Equal((terms.Licence, terms.Name), (pulled.Terms, pulled.Name));
        Assert.Equal(_trial.Server.Files[Path.GetFileName(pulled.Path)], File.ReadAllBytes(pulled.Path));
    }

    [Fact]
    public void What_is_there_is_not_asked_about_and_a_new_version_is()
    {
        var request = _trial.Request("amt-s");
        HubPull.Run(request with { AcceptsLicence = true });
        Assert.Null(HubPull.Terms(request));
        Assert.True(Assert.Single(HubPull.Run(request).Files).WasThere);

        // Another file of the page, which changes nothing here.
        _trial.Server.Commit = new string('b', 40);
        _trial.Server.Files["amt-l.pth"] = HubTrial.Bytes(6001);
        Assert.True(Assert.Single(HubPull.Run(request).Files).WasThere);

        _trial.Server.Files[Amt] = HubTrial.Bytes(5001);
        InputErrors.Expect(() => HubPull.Run(request), InputCode.NotAccepted, Amt);
        Assert.Equal(5000, _trial.Pulled(Amt).Length);
    }

    [Theory]
    [InlineData("dino", "facebook/dino-vitb16", "config.json", "model.safetensors", "pytorch_model.bin", "tf_model.h5")]
    [InlineData("siglip", "google/siglip-so400m-patch14-384", "model.safetensors", "config.json", "tokenizer.json")]
    public void Where_nothing_is_limited_nothing_is_asked(string word, string repository, params string[] files)
    {
        using var trial = new HubTrial { Server = new HubServer { Name = repository } };
        trial.Server.Files.Clear();
        foreach (string file in files) trial.Server.Files[file] = HubTrial.Bytes(100 + file.Length);
        Assert.Null(HubPull.Terms(trial.Request(word)));
        Assert.Empty(trial.Server.Requests);

        var pulled = HubPull.Run(trial.Request(word));
        Assert.Null(pulled.Terms);
        string weights = Assert.Single(pulled.Files, file => !file.Path.EndsWith(".json", StringComparison.Ordinal)).Path;
        Assert.Equal("model.safetensors", weights);
        // What an option of score takes finds it, without a network.
        string place = ModelPath.Resolve(pulled.Name, trial.Cache);
        Assert.Equal(trial.Server.Files[weights], File.ReadAllBytes(Directory.Exists(place) ? Path.Combine(place, weights) : place));
    }

    [Fact]
    public void What_lies_on_no_hub_is_told_with_its_page_and_nobody_is_asked()
    {
        var request = _trial.Request("aesthetic") with { AcceptsLicence = true };
        string line = InputErrors.Expect(() => HubPull.Run(request), InputCode.NotFound, "github.com/discus0434/aesthetic-predictor-v2-5");
        string[] words = ["aesthetic_predictor_v2_5.pth", "AGPL-3.0", "evsnative score --aesthetic"];
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
        InputErrors.Expect(() => HubPull.Terms(request), InputCode.NotFound, "lies on no hub");
        Assert.Empty(_trial.Server.Requests);
    }

    [Fact]
    public void Every_judge_has_a_word_which_its_advice_names()
    {
        foreach (var judge in JudgeFiles.All)
        {
            var known = KnownModels.Find(judge.PullWord)!;
            Assert.Equal((judge.Place, $"evsnative score --{judge.Word}"), (known.Place, known.Use));
            Assert.Equal(judge.IsLimited ? judge.Licence : null, known.Terms);
            Assert.Equal(judge.Place is not null, judge.Advice.Contains($"evsnative pull {known.Word})", StringComparison.Ordinal));
            Assert.True(judge.Place is null or { File: null } || judge.Place.File == judge.FileName);
        }

        Assert.All(KnownModels.All, known => Assert.NotEqual(known.Place is null, known.Elsewhere is null));
        JudgeKind[] limited = [JudgeKind.Amt, JudgeKind.Dover, JudgeKind.AestheticHead];
        Assert.Equal(limited, JudgeFiles.All.Where(judge => judge.IsLimited).Select(judge => judge.Kind));
    }
}
