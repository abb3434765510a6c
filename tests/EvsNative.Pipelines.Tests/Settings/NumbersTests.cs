using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Settings;

/// <summary>Numbers are written in one way, in every setting that has any; what is meant by another way is said, never guessed.</summary>
public sealed class NumbersTests
{
    /// <summary>What looks like a number to somebody and is none here.</summary>
    private static readonly string[] Bad =
    [
        "", " ", "7,5", "1,000", "1.000,5", "1,000.5", "0,4", "+7", "+0.5", " 7", "7 ", "0 .5", "7.", ".5", "-.5", ".", "-", "+", "e5",
        "1e", "1e+", "1e5.0", "0x10", "0b1", "1f", "1d", "7%", "$7", "(7)", "1_000", "1'000", "1 000", "1\u00A0000", "NaN", "nan",
        "Infinity", "-infinity", "inf", "\u221E", "1e400", "-1e400", "--1", "-+1", "1-", "\u22121", "\u0663", "\uFF17", "\u0967",
        "\u00BD", "\u00B2", "1\u066B5", "7\n", "\t7", "7\0", "1.2.3", "7,5,", ",7", "7;5", "one", "99999999999999999999999999", "1e99",
        "\u20147", "7\u200B",
    ];

    /// <summary>Names of the settings that are numbers, sizes, rates or lists of them.</summary>
    public static TheoryData<string> Names =>
        [.. SettingTable.All.Where(row => row.Placeholder is "N" or "SHARE" or "RATE" or "LIST" or "SIZE").Select(row => row.Name)];

    [Fact]
    public void Every_row_with_a_number_is_among_them()
    {
        var numeric = SettingTable.All.Where(row => row.Range is not null || row.Placeholder is "LIST" || row.Name == "seed");
        Assert.Equal(numeric.Select(row => row.Name), Names.Select(row => row.Data));
        Assert.True(Names.Count >= 18, $"{Names.Count}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Other_ways_are_refused_in_one_line_on_a_command_line_and_in_json(string name)
    {
        var setting = SettingTable.Find(name)!;
        // Commas part the numbers of a list, which may be empty, and blanks may follow them.
        var bad = Bad.Where(word => setting.Placeholder != "LIST" || word.Trim(' ') is not ("" or "7,5" or "1,000" or "0,4" or "7"));
        foreach (string word in bad)
        {
            var typed = Assert.Throws<InputException>(() => new Choices().With(setting, word));
            var read = Assert.Throws<InputException>(() =>
                ChoicesJson.Read(JsonSerializer.Serialize(new Dictionary<string, string> { [name] = word }), "film.json"));
            foreach (var refused in (InputException[])[typed, read])
            {
                Assert.True(refused.Code is InputCode.UnknownWord or InputCode.OutOfRange, refused.Message);
                Assert.DoesNotContain(refused.Message, char.IsControl);
                Assert.InRange(refused.Message.Length, name.Length + 10, InputText.LongestLine);
            }

            Assert.StartsWith($"--{name} ", typed.Message, StringComparison.Ordinal);
            Assert.StartsWith($"film.json: {name} ", read.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Raw_json_numbers_beyond_all_ranges_are_refused_too(string name)
    {
        foreach (string raw in (string[])["1e400", "-1e400", "99999999999999999999999999", "[7]", "{}", "[]"])
        {
            var refused = Assert.Throws<InputException>(() => ChoicesJson.Read($"{{ \"{name}\": {raw} }}", "film.json"));
            Assert.True(refused.Code is InputCode.UnknownWord or InputCode.OutOfRange, refused.Message);
        }
    }

    [Theory]
    [InlineData("guidance", "7,5", ": a number is needed: write 7.5")]
    [InlineData("strength", "0,4", ": a number is needed: write 0.4")]
    [InlineData("gamma", "0,1", ": a number is needed: write 0.1")]
    [InlineData("guidance", "1,000", ": a number is needed: write 1.000 or 1000")]
    [InlineData("guidance", "1.000,5", ": a number is needed: write 1000.5")]
    [InlineData("guidance", "1,000.5", ": a number is needed: write 1000.5")]
    [InlineData("guidance", "1,000,000", ": a number is needed: write 1000000")]
    [InlineData("guidance", "7.", ": a number is needed: write 7")]
    [InlineData("guidance", ".5", ": a number is needed: write 0.5")]
    [InlineData("guidance", "-.5", ": a number is needed: write -0.5")]
    [InlineData("guidance", "+7", ": a number is needed: write 7")]
    [InlineData("guidance", " 7", "' 7': a number is needed: write 7")]
    [InlineData("guidance", "\uFF17.\uFF15", ": a number is needed: write 7.5")]
    [InlineData("guidance", "7\u066B5", ": a number is needed: write 7.5")]
    [InlineData("guidance", "", "'': a number is needed")]
    [InlineData("guidance", "1e400", " 1e400: out of range: 0 to 100")]
    [InlineData("guidance", "NaN", " NaN: a number is needed")]
    [InlineData("seed", "1,000", ": write 1000")]
    [InlineData("seed", "1 000", ": write 1000")]
    [InlineData("seed", "-1", "up to 18446744073709551615")]
    [InlineData("seed", "18446744073709551616", "up to 18446744073709551615")]
    [InlineData("threads", "2.0", ": a whole number is needed: write 2")]
    [InlineData("threads", "1e1", ": a whole number is needed: write 10")]
    [InlineData("threads", "1.5", ": a whole number is needed")]
    [InlineData("threads", "1,5", ": a whole number is needed")]
    [InlineData("threads", "99999999999", "99999999999: out of range: 0 to 1024")]
    [InlineData("frames-per-pass", "99999999999", ": out of range: 0 or more, at most 2147483647")]
    [InlineData("fps", "23,976", "such as 12.5 or 30000/1001: write 23.976 or 23976")]
    [InlineData("fps", "30000 / 1001", "such as 12.5 or 30000/1001")]
    [InlineData("fps", "-1", " -1: out of range: 0.1 to 1000")]
    [InlineData("size", "1024 x 640", "such as 1024x640")]
    [InlineData("size", "1024x", "such as 1024x640")]
    [InlineData("size", "+64x64", "such as 1024x640")]
    [InlineData("size", "9999999999x64", ": out of range: 8 to 16384")]
    [InlineData("sfi-attentions", "0,,1", "such as 0,1,2")]
    [InlineData("sfi-attentions", "0;1", "such as 0,1,2")]
    [InlineData("noise", "0,5", "from 0 to 1: write 0.5")]
    [InlineData("device", "cuda:+1", "cuda:1 and opencl:0")]
    public void The_line_says_what_to_write(string name, string word, string end)
    {
        var refused = Assert.Throws<InputException>(() => new Choices().With(SettingTable.Find(name)!, word));
        Assert.EndsWith(end, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("guidance", "7.5", 7.5)]
    [InlineData("guidance", "007", 7.0)]
    [InlineData("guidance", "5e-1", 0.5)]
    [InlineData("guidance", "1E+1", 10.0)]
    [InlineData("guidance", "1e-400", 0.0)]
    [InlineData("noise", "0.25", 0.25)]
    public void One_way_is_read(string name, string word, double value) =>
        Assert.Equal(value, new Choices().With(SettingTable.Find(name)!, word).ToPlain()[name]);

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData((1UL << 53) + 1)]
    [InlineData(0UL)]
    public void Seeds_of_64_bits_print_and_read_back(ulong seed)
    {
        var choices = new Choices().With(MethodSettings.Seed, $"{seed}");
        string json = ChoicesJson.Write(choices);
        Assert.Contains($"\"seed\": {seed}", json, StringComparison.Ordinal);
        Assert.Equal(seed, ChoicesJson.Read(json, "x").Get(MethodSettings.Seed));
        Assert.Equal(seed, choices.Tell(choices.ApplyTo(new Models.Evs.EvsConfig()))["seed"]);
    }

    [Theory]
    [InlineData("{ \"strenght\": 1 }", "there is no setting 'strenght': did you mean 'strength'?")]
    [InlineData("{ \"seed\": 1, \"seed\": 2 }", "has a key twice")]
    [InlineData("{ \"prompt\": {} }", "a text in quotation marks is needed")]
    [InlineData("{ \"prompt\": \"\\ud800\" }", "not valid Unicode")]
    [InlineData("{ \"\\ud800\": 1 }", "not valid Unicode")]
    public void Json_is_refused_in_words(string json, string words)
    {
        var refused = Assert.Throws<InputException>(() => ChoicesJson.Read(json, "film.json"));
        Assert.StartsWith("film.json: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("guidence", "guidance")]
    [InlineData("Guidance", "guidance")]
    [InlineData("seeed", "seed")]
    [InlineData("promt", "prompt")]
    [InlineData("imagesteps", "image-steps")]
    [InlineData("image-setps", "image-steps")]
    [InlineData("stren", "strength")]
    [InlineData("vid", null)]
    [InlineData("elephant", null)]
    [InlineData("", null)]
    public void The_word_that_was_meant_is_found(string word, string? meant) =>
        Assert.Equal(meant, Spelling.Nearest(word, SettingTable.All.Select(row => row.Name)));
}
