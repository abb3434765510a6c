using System.Text;

namespace EvsNative.Layers.Tests;

/// <summary>JSON of strangers: every rule is held when it is parsed, so that no getter fails later.</summary>
public sealed class JsonTextTests
{
    [Theory]
    [InlineData("""{"a": "\ud800"}""", "not valid Unicode")]
    [InlineData("""{"\udc00": 1}""", "not valid Unicode")]
    [InlineData("""{"a": [{"b": "x\ud800y"}]}""", "not valid Unicode")]
    [InlineData("""{"a": "\ud83d\ud83d"}""", "not valid Unicode")]
    [InlineData("""{"a": 1, "a": 2}""", "a key twice")]
    [InlineData("""{"a": {"b": 1, "\u0062": 2}}""", "a key twice")]
    [InlineData("{\n\"a\": 1,\n}", "not valid JSON near line 3")]
    [InlineData("""{"a": [1,]}""", "not valid JSON")]
    [InlineData("""{"a": 1 /* one */}""", "not valid JSON")]
    [InlineData("""{"a": 1} {}""", "not valid JSON")]
    [InlineData("""{"a": 01}""", "not valid JSON")]
    [InlineData("""{"a": NaN}""", "not valid JSON")]
    [InlineData("", "not valid JSON")]
    public void What_breaks_a_rule_is_refused(string text, string rule)
    {
        var e = Refused(Encoding.UTF8.GetBytes(text), InputCode.Damaged);
        Assert.Contains(rule, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    public void Broken_UTF8_is_refused_wherever_it_stands(byte[] broken)
    {
        foreach (string frame in new[] { """{"a": "*"}""", """{"*": 1}""", """{"a": ["b", {"c": "*"}]}""" })
        {
            string[] parts = frame.Split('*');
            byte[] text = [.. Encoding.UTF8.GetBytes(parts[0]), .. broken, .. Encoding.UTF8.GetBytes(parts[1])];
            Assert.Contains("not UTF-8", Refused(text, InputCode.Damaged).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Whole_surrogates_and_escapes_are_read()
    {
        var json = JsonText.Parse("""{"a": "\ud83d\ude80 \u0041", "b": null}"""u8, "x");
        Assert.Equal("🚀 A", json.Text("a"));
        Assert.Null(json.Text("b"));
        Assert.Null(json.Text("c"));
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() => Assert.Equal("v", JsonText.Parse("\uFEFF{\"a\": \"v\"}"u8, "x").Text("a"));

    [Fact]
    public void Nesting_ends_at_the_limit()
    {
        static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
        JsonText.Parse(Nested(InputLimits.JsonDepth), "x");
        Refused(Nested(InputLimits.JsonDepth + 1), InputCode.TooLarge);
        Refused(Nested(1_000_000), InputCode.TooLarge);
    }

    [Fact]
    public void Values_are_counted_before_anything_is_made_of_them()
    {
        byte[] text = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat('1', InputLimits.JsonValues))}]");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(text, InputCode.TooLarge);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("[5,\n   10,\t20]", "[5, 10, 20]")]
    [InlineData("\"\\u001b]0;owned\"", "\"\\u001b]0;owned\"")]
    public void A_value_is_shown_on_one_line(string json, string shown) =>
        Assert.Equal(shown, JsonText.Parse(Encoding.UTF8.GetBytes(json), "x").Shown());

    [Fact]
    public void A_long_value_is_cut() =>
        Assert.InRange(JsonText.Parse(Encoding.UTF8.GetBytes($"\"{new string('x', 100_000)}\""), "x").Shown().Length, 1, 80);

    private static InputException Refused(byte[] text, InputCode code)
    {
        var e = Assert.Throws<InputException>(() => JsonText.Parse(text, "model/config.json"));
        Assert.Equal(code, e.Code);
        Assert.StartsWith("model/config.json: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(e.Message, char.IsControl);
        return e;
    }
}
