using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>A name and a style must fit together, and whatever does not is said before any work.</summary>
public sealed class OutputTargetTests
{
    [Theory]
    [InlineData("out.mp4", "mp4", VideoCodec.H264)]
    [InlineData("out.M4V", "mp4", VideoCodec.H264)]
    [InlineData("out.mov", "mov", VideoCodec.ProRes)]
    [InlineData("a/v1.5.mkv", "matroska", VideoCodec.H264)]
    [InlineData("out.webm", "webm", VideoCodec.Vp9)]
    [InlineData("out.gif", "gif", VideoCodec.Gif)]
    [InlineData("out.webp", "webp", VideoCodec.WebP)]
    [InlineData("out.apng", "apng", VideoCodec.Apng)]
    [InlineData("out.png", "apng", VideoCodec.Apng)]
    public void An_ending_means_a_kind_of_file(string name, string muxer, VideoCodec codec)
    {
        var target = OutputTarget.Of(name);
        Assert.Equal((name, muxer, codec), (target.Place, target.Container?.Muxer, target.Codec(hasAlpha: false).Codec));
    }

    [Theory]
    [InlineData("out.mp4", VideoCodec.H264)]
    [InlineData("out.mkv", VideoCodec.Vp9)]
    [InlineData("out.mov", VideoCodec.ProRes)]
    [InlineData("out.gif", VideoCodec.Gif)]
    public void With_opacity_a_codec_that_keeps_it_comes_first(string name, VideoCodec codec) =>
        Assert.Equal(codec, OutputTarget.Of(name).Codec(hasAlpha: true).Codec);

    [Theory]
    [InlineData("out/%04d.png", "out", FramesFormat.Png)]
    [InlineData("a/b/f%d.JPG", "a/b", FramesFormat.Jpeg)]
    [InlineData("fox_%05d.jpeg", ".", FramesFormat.Jpeg)]
    public void A_pattern_means_a_folder(string pattern, string folder, FramesFormat format)
    {
        var target = OutputTarget.Of(pattern);
        Assert.Equal((folder, format, Path.GetFileName(pattern)), (target.Place, target.Frames, target.FrameName));
        Assert.Null(target.Container);
        Assert.True(OutputNames.IsFolder(pattern));
        // What was understood once is understood again.
        Assert.Equal(target, OutputTarget.Of(target.Place, target.Style));
    }

    [Theory]
    [InlineData("f%04d.png", 7, "f0007.png")]
    [InlineData("%d.jpg", 12, "12.jpg")]
    [InlineData("a_%02d_b.png", 123, "a_123_b.png")]
    public void A_pattern_names_frames(string pattern, int number, string name) =>
        Assert.Equal(name, OutputPattern.NameOf(pattern, number));

    [Theory]
    [InlineData("out%.png")]
    [InlineData("%d%d.png")]
    [InlineData("%12d.png")]
    [InlineData("f%s.png")]
    [InlineData("%04d.webp")]
    public void Other_names_with_a_percent_sign_are_none(string name) => Assert.Null(OutputPattern.Of(name));

    [Fact]
    public void A_codec_that_a_file_cannot_hold_is_refused_with_those_it_can()
    {
        Refused("out.webm", new OutputStyle { Codec = VideoCodec.H264 }, "vp9 or av1", ".mp4");
        Refused("out.mp4", new OutputStyle { Codec = VideoCodec.ProRes }, "h264, hevc, vp9 or av1", ".mov");
        Refused("out.gif", new OutputStyle { Codec = VideoCodec.Apng }, "holds gif", ".apng");
        foreach (var container in OutputContainer.All)
        {
            foreach (var row in OutputCodec.All)
            {
                var style = new OutputStyle { Codec = row.Codec };
                string name = "out" + container.Ending;
                if (container.Codecs.Contains(row.Codec)) Assert.Equal(row, OutputTarget.Of(name, style).Codec(hasAlpha: true));
                else Refused(name, style, row.Word, OutputContainer.Home(row.Codec).Ending);
                Assert.Contains(row.Codec, OutputContainer.Home(row.Codec).Codecs);
            }
        }
    }

    [Fact]
    public void What_a_style_cannot_be_is_refused()
    {
        Refused("out.mov", new OutputStyle { Bits = 8 }, "--bits 8", "prores", "10");
        Refused("out.gif", new OutputStyle { Bits = 10 }, "--bits 10", "gif");
        Refused("out.mkv", new OutputStyle { Codec = VideoCodec.Ffv1, Quality = 20 }, "--quality", "ffv1");
        Refused("out.mp4", new OutputStyle { Frames = FramesFormat.Jpeg }, "--frames-format", "out.mp4");
        Refused("out", new OutputStyle { Codec = VideoCodec.Hevc }, "--codec hevc", ".mp4");
        Refused("out", new OutputStyle { Bits = 10 }, "--bits 10", "folder");
        Refused("out", new OutputStyle { Quality = 10 }, "--quality", "--frames-format jpeg");
        Refused("out/%04d.png", new OutputStyle { Frames = FramesFormat.Jpeg }, "png frames", "--frames-format jpeg");
        Assert.Equal(FramesFormat.Jpeg, OutputTarget.Of("out", new OutputStyle { Frames = FramesFormat.Jpeg, Quality = 10 }).Frames);
    }

    private static void Refused(string name, OutputStyle style, params string[] words)
    {
        string line = InputErrors.Expect(() => OutputTarget.Of(name, style), InputCode.Conflict, words[0]);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }
}
