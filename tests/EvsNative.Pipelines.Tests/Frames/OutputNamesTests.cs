using System.Text;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Names are what people mean.</summary>
public sealed class OutputNamesTests
{
    [Theory]
    [InlineData("out")]
    [InlineData("out/")]
    [InlineData("out.mp4/")]
    [InlineData("out.mov/")]
    [InlineData("out_0.4")]
    [InlineData("v1.5")]
    [InlineData("clip.v2")]
    [InlineData("a.b/c")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("x.")]
    [InlineData("2026-11-28 10.30")]
    [InlineData("mp4")]
    [InlineData("out/%04d.png")]
    public void Folders(string name) => Assert.True(OutputNames.IsFolder(name));

    [Theory]
    [InlineData("out.mp4")]
    [InlineData("v1.5.MP4")]
    [InlineData("a/.mp4")]
    [InlineData("out.mov")]
    [InlineData("out.MKV")]
    [InlineData("out.webm")]
    [InlineData("out.gif")]
    [InlineData("out.png")]
    public void Videos(string name) => Assert.False(OutputNames.IsFolder(name));

    [Theory]
    [InlineData("out.avi")]
    [InlineData("out.TS")]
    [InlineData("out.wmv")]
    [InlineData("out.jpg")]
    public void Other_kinds_are_refused(string name) => InputErrors.Expect(() => OutputNames.IsFolder(name), InputCode.Unsupported, name);

    [Theory]
    [InlineData("fox.mov", false, "fox-evs.mp4")]
    [InlineData("a/fox.MP4", false, "a/fox-evs.mp4")]
    [InlineData("fox", false, "fox-evs.mp4")]
    [InlineData("fox.v2", false, "fox.v2-evs.mp4")]
    [InlineData(".mp4", false, ".mp4-evs.mp4")]
    [InlineData("x.mp4/", true, "x-evs")]
    [InlineData("v1.5", true, "v1.5-evs")]
    [InlineData("a b/", true, "a b-evs")]
    public void The_place_beside_a_clip(string input, bool isFolder, string place)
    {
        Assert.Equal(place, OutputNames.Beside(input, isFolder));
        Assert.Equal(isFolder, OutputNames.IsFolder(place));
    }

    [Theory]
    [InlineData(VideoCodec.Hevc, "fox-evs.mp4")]
    [InlineData(VideoCodec.Vp9, "fox-evs.webm")]
    [InlineData(VideoCodec.Av1, "fox-evs.webm")]
    [InlineData(VideoCodec.ProRes, "fox-evs.mov")]
    [InlineData(VideoCodec.Ffv1, "fox-evs.mkv")]
    [InlineData(VideoCodec.Gif, "fox-evs.gif")]
    public void A_codec_goes_where_it_is_at_home(VideoCodec codec, string place)
    {
        Assert.Equal(place, OutputNames.Beside("fox.mp4", isFolder: false, new OutputStyle { Codec = codec }));
        Assert.Equal(place, OutputNames.Beside("fox", isFolder: true, new OutputStyle { Codec = codec }));
        Assert.Equal("fox-evs", OutputNames.Beside("fox.mp4", isFolder: false, new OutputStyle { Frames = FramesFormat.Jpeg }));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("./")]
    [InlineData("..")]
    [InlineData("a/../..")]
    public void Dots_are_named_in_full(string input) =>
        Assert.Equal(Path.TrimEndingDirectorySeparator(Path.GetFullPath(input)) + "-evs", OutputNames.Beside(input, isFolder: true));

    [Fact]
    public void Beside_the_root_of_a_disk_there_is_nothing() =>
        InputErrors.Expect(() => OutputNames.Beside(Path.GetPathRoot(Path.GetFullPath("."))!, isFolder: true), InputCode.NotGiven, "-o");

    [Theory]
    [InlineData("n", 255)]
    [InlineData("字", 85)]
    [InlineData("😀", 63)]
    public void A_long_name_is_cut_between_two_letters(string letter, int count)
    {
        string name = string.Concat(Enumerable.Repeat(letter, count));
        string place = OutputNames.Beside(name, isFolder: false), stem = place[..^"-evs.mp4".Length];
        Assert.InRange(Encoding.UTF8.GetByteCount(place), 252, 255);
        Assert.StartsWith(stem, name, StringComparison.Ordinal);
        Assert.True(stem.IsNormalized() && !char.IsHighSurrogate(stem[^1]));
    }
}
