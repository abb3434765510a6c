using System.Text.RegularExpressions;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Settings;

/// <summary>Every row of the table by itself: what is typed is understood, printed and kept.</summary>
public sealed partial class SettingTableTests
{
    public static TheoryData<string> Names => [.. SettingTable.All.Select(setting => setting.Name)];

    [Fact]
    public void Names_are_options_and_no_two_are_one()
    {
        Assert.All(SettingTable.All, setting => Assert.Matches(Kebab(), setting.Name));
        Assert.Equal(SettingTable.All.Count, SettingTable.All.Select(setting => setting.Name).Distinct().Count());
        Assert.Null(SettingTable.Find("Strength"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_printed_is_understood_again(string name)
    {
        var setting = SettingTable.Find(name)!;
        var once = new Choices().With(setting, setting.Example);
        object printed = once.ToPlain()[name];
        var again = printed is IReadOnlyList<string> several
            ? new Choices().With(setting, several)
            : new Choices().With(setting, printed.ToString()!);
        Assert.Equal(setting.IsRepeated, printed is IReadOnlyList<string>);
        Assert.Equal(once.ToPlain()[name], again.ToPlain()[name]);
        Assert.Equal([setting], again.Said);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Json_keeps_it(string name)
    {
        var setting = SettingTable.Find(name)!;
        var choices = new Choices().With(setting, setting.Example);
        var read = ChoicesJson.Read(ChoicesJson.Write(choices), "a recipe");
        Assert.Equal(choices.ToPlain(), read.ToPlain());
    }

    /// <summary>In their order, with what only their texts tell apart.</summary>
    [Theory]
    [InlineData("lora", "a.safetensors:0.8|b.ckpt|a.safetensors:-1:0.25|c:2:1", "a.safetensors:0.8|b.ckpt|a.safetensors:-1:0.25|c:2:1")]
    [InlineData("lora", "owner/name:1|C:\\x.safetensors|e.pt:1.0:0.50", "owner/name|C:\\x.safetensors:1|e.pt:1:0.5")]
    [InlineData("embedding", "a.pt:moody|owner/name|C:\\x.pt", "a.pt:moody|owner/name|C:\\x.pt")]
    public void What_is_given_several_times_is_a_list_in_a_recipe(string name, string texts, string wanted)
    {
        var setting = SettingTable.Find(name)!;
        var choices = new Choices().With(setting, texts.Split('|'));
        Assert.Equal(wanted.Split('|'), choices.ToPlain()[name]);
        var told = choices.Tell(new EvsConfig());
        Assert.Equal(wanted.Split('|'), told[name]);
        var again = ChoicesJson.Read(System.Text.Json.JsonSerializer.Serialize(told), "a summary");
        Assert.Equal(wanted.Split('|'), again.ToPlain()[name]);
        Assert.Equal(wanted.Split('|'), ChoicesJson.Read(ChoicesJson.Write(choices), "a recipe").ToPlain()[name]);
        Assert.Equal([.. choices.Get(ModelSettings.Loras) ?? []], again.Get(ModelSettings.Loras) ?? []);
        Assert.Equal([.. choices.Get(ModelSettings.Embeddings) ?? []], again.Get(ModelSettings.Embeddings) ?? []);
    }

    /// <summary>No file is looked for by the name that a wrong number would make.</summary>
    [Theory]
    [InlineData("snow.safetensors:0,8", ": write 0.8")]
    [InlineData("snow.safetensors:.8", ": write 0.8")]
    [InlineData("snow.safetensors:+1:0.5", ": write 1")]
    [InlineData("snow.safetensors:1:1.", ": write 1")]
    [InlineData("snow.safetensors:1e999", "snow.safetensors:0.8")]
    public void A_strength_is_written_as_any_number(string text, string end)
    {
        var refused = Assert.Throws<InputException>(() => new Choices().With(ModelSettings.Loras, text));
        Assert.Equal(InputCode.UnknownWord, refused.Code);
        Assert.EndsWith(end, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_of_them_together_are_one_recipe()
    {
        var rows = SettingTable.All.Where(setting => setting.InsteadOf.Count == 0).ToArray();
        var choices = rows.Aggregate(new Choices(), (all, setting) => all.With(setting, setting.Example));
        var read = ChoicesJson.Read(ChoicesJson.Write(choices), "a recipe");
        Assert.Equal(rows, read.Said);
        Assert.Equal(choices.ToPlain(), read.ToPlain());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_help_says_what_it_is(string name)
    {
        var setting = SettingTable.Find(name)!;
        Assert.Matches("^[a-zA-Z_]", setting.Description);
        Assert.DoesNotMatch(@"[.\n]$", setting.Description);
        Assert.True(setting.Meaning.Length is > 10 and < 130, setting.Meaning);
        Assert.NotNull(setting.Group);
        Assert.True(setting.Limit is null || setting.Range is not null, $"{name}: the configuration has no limit {setting.Limit}");
        if (setting.Range is { } range) Assert.Contains(range.ToString(), setting.Description, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_number_beyond_its_range_is_refused_with_the_range(string name)
    {
        var setting = SettingTable.Find(name)!;
        if (setting.Range is not { } range || setting.Placeholder == "SIZE") return;
        string[] beyond = range.Bound is null && double.IsFinite(range.Most) ? [$"{range.Least - 1}", $"{range.Most + 1}"]
            : [$"{range.Least - 1}"];
        foreach (string text in beyond)
        {
            var refused = Assert.Throws<InputException>(() => new Choices().With(setting, text));
            Assert.StartsWith($"--{name} {text}: ", refused.Message, StringComparison.Ordinal);
            Assert.Equal(InputCode.OutOfRange, refused.Code);
            Assert.EndsWith(range.ToString(), refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_word_that_is_none_is_refused_with_what_is_needed(string name)
    {
        var setting = SettingTable.Find(name)!;
        if (setting.Placeholder is "TEXT" or "PATH" or "FILE" or "FOLDER" or "CLIP") return;
        // Of files with something behind them any word is one, but no word is none.
        var (word, shown) = setting.Placeholder.StartsWith("FILE[", StringComparison.Ordinal) ? ("", "''") : ("rope", "rope");
        var refused = Assert.Throws<InputException>(() => new Choices().With(setting, word));
        Assert.Equal(InputCode.UnknownWord, refused.Code);
        Assert.StartsWith($"--{name} {shown}: ", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.Message.Length > $"--{name} {shown}: ".Length + 5, refused.Message);
    }

    [Fact]
    public void Numbers_that_a_program_gives_and_are_none_are_out_of_range()
    {
        foreach (double value in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            Assert.Equal(InputCode.OutOfRange, Assert.Throws<InputException>(() => new Choices()
                .With(MethodSettings.Strength, value)).Code);
        }
    }

    [Theory]
    [InlineData("mode", "evs t2i t2v t2i+t2v t2v+t2i", typeof(EvsMode))]
    [InlineData("bridge", "repeat next direction", typeof(BridgeBack))]
    [InlineData("upscale-in", "pixels latents", typeof(UpscaleIn))]
    [InlineData("sfi", "none deep shallow full", typeof(SfiPreset))]
    [InlineData("image-sampler", "ddim euler lcm", typeof(Models.Sampling.SamplerKind))]
    public void Every_value_has_its_word_in_capitals_or_not(string name, string words, Type type)
    {
        var setting = SettingTable.Find(name)!;
        foreach (string word in words.Split(' '))
            Assert.Equal(word, new Choices().With(setting, word.ToUpperInvariant()).ToPlain()[name]);
        Assert.Equal(Enum.GetValues(type).Length, words.Split(' ').Length);
        Assert.Contains(words.Split(' ')[^1], setting.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_mean_what_they_say()
    {
        Assert.Equal(EvsMode.T2IThenT2V, new Choices().With(MethodSettings.Mode, "t2i+t2v").Get(MethodSettings.Mode));
        Assert.Equal(1, new Choices().With(MethodSettings.Noise, "Shared").Get(MethodSettings.Noise));
        Assert.Equal(0, new Choices().With(MethodSettings.Noise, "own").Get(MethodSettings.Noise));
        Assert.Equal(Entry.Invert, new Choices().With(MethodSettings.Entry, "invert").Get(MethodSettings.Entry));
        Assert.Equal([0, 12], new Choices().With(MethodSettings.SfiAttentions, "0, 12")!.Get(MethodSettings.SfiAttentions)!);
        Assert.Equal(25, new Choices().With(ClipSettings.Rate, "12.5").Get(ClipSettings.Rate)!.Value.Numerator);
        Assert.Equal(ulong.MaxValue, new Choices().With(MethodSettings.Seed, "18446744073709551615").Get(MethodSettings.Seed));
        Assert.Equal(InputCode.UnknownWord, Assert.Throws<InputException>(() => new Choices()
            .With(MethodSettings.Entry, "direction")).Code);
    }

    [Fact]
    public void The_configuration_holds_what_was_said_and_tells_it()
    {
        foreach (var setting in MethodSettings.Group.Rows.Concat(PictureSettings.Group.Rows))
        {
            var choices = new Choices().With(setting, setting.Example);
            if (setting == MethodSettings.Gamma || setting == MethodSettings.Entry) choices = choices.With(MethodSettings.Sfi, "deep");
            var told = choices.Tell(choices.ApplyTo(new EvsConfig()));
            if (setting == MethodSettings.Strength) Assert.Equal(25, told["image-start"]);
            else Assert.Equal(choices.ToPlain()[setting.Name], told[setting.Name]);
            Assert.NotEqual(new EvsConfig(), choices.ApplyTo(new EvsConfig()));
        }
    }

    [Fact]
    public void What_a_run_tells_is_a_recipe_of_the_same_run()
    {
        var said = new Choices().With(ModelSettings.FakeWeights, "tiny").With(MethodSettings.Strength, 0.3)
            .With(MethodSettings.Sfi, SfiPreset.Full);
        var config = said.ApplyTo(new EvsConfig());
        string json = System.Text.Json.JsonSerializer.Serialize(said.Tell(config));
        var again = ChoicesJson.Read(json, "a summary");
        Assert.Equal(said.Tell(config), again.Tell(again.ApplyTo(new EvsConfig())));
        Assert.Equal("tiny", again.Get(ModelSettings.FakeWeights));
        Assert.Equal(["model", "motion", "fake-weights", "mode", "seed", "image-steps"], said.Tell(config).Keys.Take(6));
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex Kebab();
}
