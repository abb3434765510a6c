using System.Text.Encodings.Web;
using System.Text.Json;

namespace EvsNative.Layers.Tests;

/// <summary>Strangers' text: whatever is in it, what comes out is one line that a terminal shows as it stands.</summary>
public sealed class InputTextTests
{
    private const string Lone = "\ud83d";

    private static readonly JsonSerializerOptions Relaxed =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What must never reach a terminal.</summary>
    public static TheoryData<string> Hostile =>
    [
        "\u001b]0;owned\u0007", "\u001b[2J", "\u009b31m", "a\0b", "\u007f", "\b\b\b", "a\u0085b", "a\u2028b", "a\u2029b", "a\fb\vc",
        "\rover", "\u202egnp.exe", "\u2066x\u2069", "\u200bzero", "a\u200db", "\u2060", "\ufeffbom", "\u00adsoft", "\u061c", "\u180e",
        "\ufff9x\ufffb", "\u3164", "\u115f\u1160", "\u034f", "\U000E0041\U000E007F", "\U000E0100", "\U0001D173", Lone, "x" + Lone,
        "\ude00" + Lone, "tab\tand\nline\r\n",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Nothing_that_moves_hides_or_turns_is_left(string text)
    {
        foreach (string shown in (string[])
            [
                InputText.Name(text), InputText.Quote(text), InputText.OneLine(text), InputText.Line(text), InputText.Shown(text),
                new InputException(InputCode.Damaged, $"{text}: x", [text]).Message,
                new InputException(InputCode.Damaged, "x", [text]).Details[0],
                new InputException(InputCode.Damaged, "x").At(text).Message,
                new Notice(NoticeCode.Dropped, text).Message,
            ])
        {
            AssertShown(shown);
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Json_says_the_same_in_letters_that_are_seen(string text)
    {
        string json = JsonSerializer.Serialize(new { text }, Relaxed);
        string safe = InputText.Json(json);
        AssertShown(safe.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal));
        Assert.Equal(Text(json), Text(safe));

        static string? Text(string json) => JsonDocument.Parse(json).RootElement.GetProperty("text").GetString();
    }

    [Theory]
    [InlineData("🦊 ein Fuchs im Schnee/雪の狐/лиса.mp4")]
    [InlineData("👨‍👩‍👧 ❤️‍🔥 👍🏽 🇩🇪")]
    [InlineData("naïve café, 中文, العربية, ไทย, e\u0301")]
    public void Letters_of_all_scripts_and_pictures_stay(string text) =>
        Assert.Equal((text, text, $"'{text}'"), (InputText.Name(text), InputText.Line(text), InputText.Quote(text)));

    [Fact]
    public void A_line_is_never_longer_and_no_letter_is_parted()
    {
        var draw = new Random(1);
        string[] pieces = ["a", "🦊", "雪", " ", "/", "\u001b", Lone, "word ", new string('x', 50)];
        for (int i = 0; i < 2000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, draw.Next(400)).Select(_ => pieces[draw.Next(pieces.Length)]));
            string line = InputText.Line(text), name = InputText.Name(text, most: 50), part = InputText.Short(text, 70);
            Assert.True(line.Length <= InputText.LongestLine && name.Length <= 53 && part.Length <= 70, $"{line.Length} {name.Length}");
            AssertShown(line);
            AssertShown(name);
            Assert.Equal(InputText.OneLine(text).Length <= InputText.LongestLine, line == InputText.OneLine(text));
        }
    }

    [Fact]
    public void Paths_and_names_give_way_and_the_advice_stays()
    {
        string path = "/home/" + string.Join('/', Enumerable.Repeat("a-long-folder", 40)), name = new('n', 400);
        string line = InputText.Line($"cannot write {path}/clip.mp4: there is no folder {path}; create it or give another name");
        Assert.Matches("^cannot write /home/.*[.]{3}.*clip.mp4: there is no folder /home/.*; create it or give another name$", line);
        Assert.Equal(InputText.LongestLine, line.Length);
        Assert.Matches("^n+[.]{3}n+ n+[.]{3}n+: check the name$", InputText.Line($"{name} {name}: check the name"));
        string wordy = InputText.Line($"ffmpeg said {string.Concat(Enumerable.Repeat("no and ", 200))}: play it");
        Assert.StartsWith("ffmpeg said no and", wordy, StringComparison.Ordinal);
        Assert.EndsWith("no and : play it", wordy, StringComparison.Ordinal);
    }

    [Fact]
    public void Megabytes_take_no_time()
    {
        string large = string.Concat(Enumerable.Repeat("\u001b[31m ", 4_000_000));
        long start = Environment.TickCount64;
        _ = (InputText.Line(large), InputText.Quote(large), new Notice(NoticeCode.Dropped, large));
        _ = new InputException(InputCode.Damaged, large, [large]);
        Assert.InRange(Environment.TickCount64 - start, 0, 500);
    }

    private static void AssertShown(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            Assert.False(
                rune.Value is < 0x20 or (>= 0x7F and < 0xA0) or 0xAD or 0x34F or 0x61C or 0x115F or 0x1160 or 0x180E
                    or (>= 0x200B and <= 0x200F) or (>= 0x2028 and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0x3164 or 0xFEFF
                    or (>= 0xFFF9 and <= 0xFFFB) or (>= 0x1D173 and <= 0x1D17A) or >= 0xE0000,
                $"U+{rune.Value:X4} in {Uri.EscapeDataString(text.Replace(rune.ToString(), "", StringComparison.Ordinal))}");
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i])) Assert.True(i + 1 < text.Length && char.IsLowSurrogate(text[++i]), "half a letter");
            else Assert.False(char.IsLowSurrogate(text[i]), "half a letter");
        }
    }
}
