using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Which files of a folder are its frames, and what is said of the others.</summary>
public sealed class FrameNamesTests
{
    [Theory]
    [InlineData("1 2 3 4", 4, "")]
    [InlineData("shot9 shot10 shot8", 3, "")]
    [InlineData("dawn noon dusk", 3, "")]
    [InlineData("0 10 20 30", 4, "")]
    [InlineData("v2_01 v2_02 v2_03", 3, "")]
    [InlineData("10-00-58 10-00-59 10-01-00", 3, "")]
    [InlineData("20240101100058 20240101100459 20240101101500", 3, "")]
    [InlineData("1 2 3 4 mask", 4, "Dropped: mask.png left out")]
    [InlineData("f1 f2 f3 f4 f5 f6 f7 f8 f9 mask1 mask2", 9, "Dropped: mask1.png, mask2.png left out")]
    [InlineData("1 2 3 mask", 3, "Dropped: mask.png left out")]
    [InlineData("1 2 mask cover", 4, "Assumed: names of 3 patterns (1.png, cover.png, mask.png)")]
    [InlineData("1.jpg 2.jpg 3.jpg 4.png", 3, "Dropped: 4.png is no JPEG")]
    [InlineData("a1 a2 b1 b2", 4, "Assumed: names of 2 patterns (a1.png, b1.png)")]
    [InlineData("1 2 4", 3, "Damaged: 1 number is missing, the first between 2.png and 4.png")]
    [InlineData("a0 a5 a10 a25 a30", 5, "Damaged: 2 numbers are missing, the first between a10.png and a25.png")]
    [InlineData("1 2 3.jpg 4", 3, "Dropped: 3.jpg is no PNG|Damaged: 1 number is missing")]
    [InlineData("1 2 5000", 3, "")]
    [InlineData("1 01 2", 3, "")]
    [InlineData("99999999999999999999 99999999999999999998 99999999999999999990", 3, "")]
    public void Frames_share_a_pattern(string names, int frames, string notices)
    {
        string[] files = [.. names.Split(' ').Select(name => Path.Combine("clip", name.Contains('.') ? name : name + ".png"))];
        var chosen = new FrameNames("clip", files);
        Assert.Equal(frames, chosen.Frames.Count);
        string[] expected = notices.Length == 0 ? [] : notices.Split('|');
        Assert.Equal(expected.Length, chosen.Notices.Count);
        foreach (var (part, notice) in expected.Zip(chosen.Notices))
            Assert.StartsWith(part.Replace(": ", " clip: "), $"{notice.Code} {notice.Message}", StringComparison.Ordinal);
    }

    [Fact]
    public void Hidden_files_and_other_endings_are_no_frames() =>
        Assert.Equal(["1.png", "2.PNG"], new FrameNames("", ["2.PNG", "._1.png", ".DS_Store", "notes.txt", "1.png", "3.png.tmp"]).Frames);

    [Fact]
    public void However_many_files_are_strange_the_line_stays_short()
    {
        var strange = Enumerable.Range(0, 99).Select(i => $"m{i}\n\u001b{i}.png");
        var names = Enumerable.Range(0, 1000).Select(i => $"{i:0000}.png").Concat(strange);
        string line = Assert.Single(new FrameNames("clip", names).Notices).Message;
        Assert.Contains("and 96 more", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 1, 300);
        Assert.DoesNotContain('\u001b', line);
    }
}
