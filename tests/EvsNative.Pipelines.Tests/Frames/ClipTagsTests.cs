using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Tags that go on with a clip, however many and however long the file's are.</summary>
public sealed class ClipTagsTests
{
    [Fact]
    public void What_people_write_is_kept_and_the_containers_own_words_are_not_missed()
    {
        var tags = new ClipTags(new Dictionary<string, string> { ["title"] = "A kite", ["encoder"] = "Lavf", ["major_brand"] = "isom" });
        Assert.Equal("A kite", Assert.Single(tags.Kept).Value);
        Assert.Equal(0, tags.Dropped);
        Assert.Equal((0, 0), (new ClipTags(null).Kept.Count, new ClipTags(null).Dropped));
    }

    [Theory]
    [InlineData(4000, 900)]
    [InlineData(100_000, 1)]
    [InlineData(3, 5000)]
    public void What_no_command_line_carries_is_left_out_and_counted(int count, int length)
    {
        var given = Enumerable.Range(0, count).ToDictionary(i => $"tag{i}", _ => new string('x', length));
        var tags = new ClipTags(given);
        Assert.InRange(tags.Kept.Sum(tag => tag.Key.Length + tag.Value.Length), 0, 16_000);
        Assert.Equal(count, tags.Kept.Count + tags.Dropped);
        Assert.True(tags.Dropped > 0);
    }

    [Theory]
    [InlineData("a=b", "c")]
    [InlineData("a\0", "c")]
    [InlineData("a", "c\0")]
    public void What_a_command_line_cannot_carry_is_left_out(string name, string value) =>
        Assert.Equal(1, new ClipTags(new Dictionary<string, string> { [name] = value }).Dropped);
}
