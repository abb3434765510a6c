using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>A result that is no picture is not passed over in silence.</summary>
public sealed class ResultDoubtsTests
{
    private static readonly VideoFrames Moving = TestVideos.Smooth(4, 24, 32);

    [Theory]
    [InlineData(0, "all 4 frames of the result are of one flat colour: the picture is lost")]
    [InlineData(1, "3 of 4 frames (1, 2, 3, counted from 0) of the result are of one flat colour: the picture is lost")]
    [InlineData(3, "1 of 4 frames (3, counted from 0) of the result is of one flat colour: the picture is lost")]
    public void Frames_that_became_flat_are_named(int first, string line) =>
        Assert.Contains(line, Single(Moving, Grey(Moving, first)), StringComparison.Ordinal);

    [Fact]
    public void A_clip_that_was_flat_before_is_told_too()
    {
        var black = TestVideos.Of(new byte[4 * 24 * 32 * 3], 4, 24, 32, Moving.Rate, "black");
        Assert.Contains("as in the clip that was given", Single(black, Grey(Moving, 0)), StringComparison.Ordinal);
        // A fade begins in black: what became of its first frame is no loss, what became of the others is.
        var fade = TestVideos.Of([.. black.Frame(0), .. Moving.Pixels[(24 * 32 * 3)..]], 4, 24, 32, Moving.Rate, "fade");
        Assert.Equal(2, Doubts(fade, Grey(Moving, 0)).Count);
        Assert.Empty(Doubts(Moving, TestVideos.Noise(4, 24, 32, 1)));
    }

    [Fact]
    public void A_clip_that_is_unchanged_or_stands_still_is_told()
    {
        Assert.Contains("equals the clip", Single(Moving, Moving), StringComparison.Ordinal);
        byte[] one = Moving.Frame(2).ToArray();
        var still = TestVideos.Of([.. one, .. one, .. one, .. one], 4, 24, 32, Moving.Rate, "still");
        Assert.Contains("stands still", Single(Moving, still), StringComparison.Ordinal);
        Assert.Empty(Doubts(still, TestVideos.Noise(4, 24, 32, 1)));
    }

    [Fact]
    public void What_is_not_known_of_the_clip_is_no_reason_for_a_doubt()
    {
        byte[] one = Moving.Frame(2).ToArray();
        var still = TestVideos.Of([.. one, .. one, .. one, .. one], 4, 24, 32, Moving.Rate, "still");
        Assert.Empty(Doubts(Moving, Moving, known: 3));
        Assert.Empty(Doubts(Moving, still, known: 3));
        Assert.Contains("the picture is lost", Assert.Single(Doubts(Moving, Grey(Moving, 3), known: 3)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(255, 1, true)]
    [InlineData(100, 2, false)]
    public void A_colour_that_varies_by_less_than_a_level_is_flat(byte level, int swing, bool isFlat)
    {
        byte[] frame = [.. Enumerable.Range(0, 300).Select(i => (byte)(i / 3 % 2 == 0 ? level : level - swing))];
        Assert.Equal(isFlat, FlatFrames.IsFlat(frame));
    }

    [Fact]
    public void Colour_alone_is_a_picture_too()
    {
        // Red and green of the same brightness.
        byte[] frame = [.. Enumerable.Range(0, 64).SelectMany(i => i % 2 == 0 ? new byte[] { 150, 40, 30 } : new byte[] { 40, 96, 30 })];
        Assert.False(FlatFrames.IsFlat(frame));
    }

    private static string Single(VideoFrames before, VideoFrames after)
    {
        var notice = Assert.Single(Doubts(before, after));
        Assert.Equal(NoticeCode.Suspicious, notice.Code);
        Assert.InRange(notice.Message.Length, 1, 300);
        return notice.Message;
    }

    private static IReadOnlyList<Notice> Doubts(VideoFrames before, VideoFrames after, int known = int.MaxValue)
    {
        var doubts = new ResultDoubts();
        for (int i = 0; i < after.Count; i++) doubts.Add(i < known ? before.Frame(i) : [], after.Frame(i));
        return [.. doubts.Notices()];
    }

    /// <summary>The clip with grey frames from one on.</summary>
    private static VideoFrames Grey(VideoFrames clip, int first)
    {
        byte[] pixels = clip.Pixels;
        pixels.AsSpan(first * clip.Format.FrameBytes).Fill(127);
        return clip.With(pixels, clip.Height, clip.Width);
    }
}
