using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Settings;

/// <summary>
/// Choices laid over one another: a later word replaces an earlier one for the same thing, and takes with it what was chosen for that.
/// </summary>
public sealed class LayersTests
{
    private static readonly Choices Preset = ChoicesJson.Read(
        """
        { "image-steps": 50, "image-start": 12, "insert-at": 4, "video-steps": 8, "video-start": 3, "video-calls": 3, "entry": "noise" }
        """,
        "a preset");

    [Fact]
    public void A_later_word_replaces_an_earlier_one()
    {
        var (held, notes) = Over(new Choices().With(MethodSettings.VideoCalls, 1).With(MethodSettings.Seed, 9UL));
        Assert.Equal((1, 9UL, 12), (held.Get(MethodSettings.VideoCalls), held.Get(MethodSettings.Seed),
            held.Get(MethodSettings.ImageStart)));
        Assert.Empty(notes);
    }

    [Fact]
    public void Nothing_said_changes_nothing() => Assert.Equal(Preset.ToPlain(), Over(new Choices()).Held.ToPlain());

    [Fact]
    public void The_same_word_again_changes_nothing()
    {
        var (held, notes) = Over(new Choices().With(MethodSettings.ImageStart, 12).With(MethodSettings.VideoSteps, 8));
        Assert.Equal(Preset.ToPlain(), held.ToPlain());
        Assert.Empty(notes);
    }

    [Fact]
    public void Strength_and_t_I_are_two_words_for_one_thing()
    {
        var (held, notes) = Over(new Choices().With(MethodSettings.Strength, 0.5));
        Assert.False(held.Says(MethodSettings.ImageStart));
        var config = held.ApplyTo(new EvsConfig());
        held.Validate(config);
        Assert.Equal((25, 13), (config.ImageStart, config.Insertion));
        Assert.Equal("with --strength 0.5, insert-at 4 of a preset no longer counts: half of t_I instead", Assert.Single(notes));

        config = new Choices().With(MethodSettings.ImageStart, 7).Over(new Choices("below").With(MethodSettings.Strength, 0.5))
            .ApplyTo(new EvsConfig());
        Assert.Equal((7, null), (config.ImageStart, config.Strength));
    }

    [Theory]
    [InlineData("image-start", "3", "insert-at")]
    [InlineData("image-steps", "10", "image-start insert-at")]
    [InlineData("video-steps", "4", "video-start video-calls")]
    [InlineData("video-start", "2", "video-calls")]
    [InlineData("sfi", "deep", "entry")]
    [InlineData("sfi-convs", "1", "entry")]
    [InlineData("motion", "other", "video-steps video-start video-calls")]
    [InlineData("mode", "t2i", "")]
    public void What_was_chosen_for_what_has_changed_no_longer_counts(string name, string value, string leftOut)
    {
        var (held, notes) = Over(new Choices().With(SettingTable.Find(name)!, value));
        string[] gone = leftOut.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(gone, Preset.Said.Where(setting => !held.Says(setting)).Select(setting => setting.Name));
        Assert.Equal(gone.Length, notes.Count);
        Assert.All(notes, note => Assert.StartsWith($"with --{name} {value}, ", note, StringComparison.Ordinal));
        held.Validate(held.ApplyTo(new EvsConfig()));
    }

    [Fact]
    public void What_the_later_layer_says_itself_counts()
    {
        var (held, notes) = Over(new Choices().With(MethodSettings.ImageStart, 3).With(MethodSettings.Insertion, 2));
        Assert.Equal(2, held.Get(MethodSettings.Insertion));
        Assert.Empty(notes);
    }

    [Fact]
    public void Three_layers_are_laid_from_the_lowest_on()
    {
        var middle = new Choices("the middle").With(MethodSettings.ImageStart, 20).With(MethodSettings.Insertion, 9);
        var (held, notes) = Over(new Choices().With(MethodSettings.Guidance, 2), middle.Over(Preset));
        Assert.Equal((20, 9, 2), (held.Get(MethodSettings.ImageStart), held.Get(MethodSettings.Insertion),
            held.Get(MethodSettings.Guidance)));
        Assert.Empty(notes);
    }

    [Fact]
    public void A_model_by_formula_replaces_one_of_files_and_a_clip_replaces_the_demo()
    {
        var below = new Choices("a preset").With(ModelSettings.Model, "folder").With(ModelSettings.Motion, "file")
            .With(ClipSettings.Demo, true);
        var held = new Choices().With(ModelSettings.FakeWeights, "tiny").With(ClipSettings.Clip, "in").Over(below);
        Assert.Equal([ClipSettings.Clip, ModelSettings.FakeWeights], held.Said);
    }

    [Fact]
    public void Two_words_for_one_thing_in_one_layer_are_refused()
    {
        var refused = Assert.Throws<InputException>(() => new Choices().With(MethodSettings.ImageStart, 3)
            .With(MethodSettings.Strength, 0.5));
        Assert.Equal(InputCode.Conflict, refused.Code);
        Assert.Equal("--strength and --image-start are two words for one thing: give only one of them", refused.Message);
        refused = Assert.Throws<InputException>(() => new Choices().With(ModelSettings.FakeWeights, "tiny").With(ModelSettings.Model, "x"));
        Assert.Equal(InputCode.Conflict, refused.Code);
        Assert.Equal(InputCode.Conflict, Assert.Throws<InputException>(() => ChoicesJson
            .Read("""{ "demo": true, "clip": "in" }""", "a row")).Code);
    }

    [Theory]
    [InlineData("image-start", "51", "--image-start 51: t_I is out of range: 1 to T_I = 50")]
    [InlineData("insert-at", "13", "--insert-at 13: t_T2V is out of range: 0 to t_I = 12")]
    [InlineData("video-start", "9", "--video-start 9: t_V is out of range: 1 to T_V = 8")]
    [InlineData("video-calls", "4", "--video-calls 4: n_V is out of range: 1 to t_V = 3")]
    public void A_number_that_another_limits_is_refused_by_its_option(string name, string value, string message)
    {
        var held = Over(new Choices().With(SettingTable.Find(name)!, value)).Held;
        var refused = Assert.Throws<InputException>(() => held.Validate(held.ApplyTo(new EvsConfig())));
        Assert.Equal((InputCode.OutOfRange, message), (refused.Code, refused.Message));
    }

    [Fact]
    public void A_fault_of_a_lower_layer_is_told_by_its_name()
    {
        var recipe = ChoicesJson.Read("""{ "image-start": 60 }""", "film.json");
        var refused = Assert.Throws<InputException>(() => recipe.Validate(recipe.ApplyTo(new EvsConfig())));
        Assert.StartsWith("film.json: image-start 60: t_I", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1]", InputCode.WrongKind)]
    [InlineData("{ \"strength\": }", InputCode.Damaged)]
    [InlineData("{ \"strenght\": 0.5 }", InputCode.UnknownWord)]
    [InlineData("{ \"strength\": 2 }", InputCode.OutOfRange)]
    [InlineData("{ \"strength\": [0.5] }", InputCode.UnknownWord)]
    [InlineData("{ \"image-steps\": 1.5 }", InputCode.UnknownWord)]
    [InlineData("{ \"reuse-noise\": 1 }", InputCode.UnknownWord)]
    public void Files_that_are_no_choices_are_named(string text, InputCode code)
    {
        var refused = Assert.Throws<InputException>(() => ChoicesJson.Read(text, "film.json"));
        Assert.Equal(code, refused.Code);
        Assert.StartsWith("film.json: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Json_takes_values_as_they_are_or_as_they_are_typed()
    {
        var choices = ChoicesJson.Read(
            """{ "strength": "0.5", "seed": 18446744073709551615, "reuse-noise": true, "motion": null, "noise": "own" }""", "x");
        Assert.Equal((0.5, ulong.MaxValue), (choices.Get(MethodSettings.Strength), choices.Get(MethodSettings.Seed)));
        Assert.Equal((true, 0), (choices.Get(MethodSettings.ReuseNoise), choices.Get(MethodSettings.Noise)));
        Assert.False(choices.Says(ModelSettings.Motion));
    }

    private static (Choices Held, List<string> Notes) Over(Choices later, Choices? earlier = null)
    {
        var notes = new List<string>();
        return (later.Over(earlier ?? Preset, notes.Add), notes);
    }
}
