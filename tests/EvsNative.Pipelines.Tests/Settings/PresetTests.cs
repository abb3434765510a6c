using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Settings;

/// <summary>Presets are layers like others: a word of the user goes over them, and they go over the user's defaults.</summary>
public sealed class PresetTests
{
    public static TheoryData<string> Words => [.. Preset.All.Select(preset => preset.Word)];

    [Theory]
    [MemberData(nameof(Words))]
    public void Each_is_a_whole_configuration(string word)
    {
        var request = new RefineRequest(new Choices().With(PresetSettings.Preset, word));
        Assert.Empty(request.Notices);
        var config = request.Choices.ApplyTo(new EvsConfig());
        request.Choices.Validate(config);
        Assert.Equal(Preset.All.Single(preset => preset.Word == word).Choices.ApplyTo(new EvsConfig()), config);
    }

    [Fact]
    public void The_paper_s_is_what_nothing_said_gives()
    {
        EvsConfig paper = Preset.Paper.Choices.ApplyTo(new EvsConfig()), usual = new();
        Assert.Equal(EvsPlan.Build(usual), EvsPlan.Build(paper));
        Assert.Equal((usual.ImageGuidance, usual.SharedNoise, usual.Upscale), (paper.ImageGuidance, paper.SharedNoise, paper.Upscale));
    }

    [Fact]
    public void No_two_are_one() => Assert.Equal(
        Preset.All.Count, Preset.All.Select(preset => preset.Choices.ApplyTo(new EvsConfig())).Distinct().Count());

    [Fact]
    public void The_user_s_word_goes_over_the_preset_and_the_preset_over_the_user_s_defaults()
    {
        var defaults = ChoicesJson.Read("""{ "guidance": 5, "noise": "own", "preset": "detail" }""", "config.json");
        var said = new Choices().With(PresetSettings.Preset, "flicker").With(MethodSettings.Insertion, 6);
        var config = new RefineRequest(defaults, said).Choices.ApplyTo(new EvsConfig());
        Assert.Equal((6, 0.5, 5), (config.Insertion, config.SharedNoise, config.ImageGuidance));
        Assert.Equal(20, config.ImageStart);
    }

    [Fact]
    public void What_a_preset_chose_with_another_first_step_in_mind_no_longer_counts()
    {
        var said = new Choices().With(PresetSettings.Preset, "detail").With(MethodSettings.Strength, 0.2);
        var request = new RefineRequest(said);
        string line = Assert.Single(request.Notices).Message;
        Assert.Contains("insert-at 15 of the preset detail no longer counts", line, StringComparison.Ordinal);
        Assert.Equal(5, request.Choices.ApplyTo(new EvsConfig()).Insertion);
    }
}
