using System.Security.Cryptography;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>What becomes of finished frames.</summary>
public sealed class ResultStreamTests : IDisposable
{
    private static readonly VideoFrames Given = TestVideos.Noise(20, 16, 24, 1), Made = TestVideos.Noise(20, 16, 24, 2);

    private readonly Sink _sink = new(Made.Format);
    private readonly Pairs _pairs = new();

    public void Dispose() => _sink.Dispose();

    [Fact]
    public void Frames_are_written_with_their_stamps_and_measured_beside_the_clips_own()
    {
        using var stream = Stream(end: int.MaxValue, clean: Given);
        Push(stream);
        stream.Finish();
        Assert.Equal(Made.Pixels, _sink.Frames.SelectMany(frame => frame.Rgb));
        Assert.Equal(Enumerable.Range(0, 20).Select(Given.StampOf), _sink.Frames.Select(frame => frame.Stamp));
        Assert.All(_sink.Frames, frame => Assert.Empty(frame.Alpha));
        Assert.Equal((VideoMeasures.Of(Given, Given), VideoMeasures.Of(Made, Given)), (stream.Before, stream.After));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Made.Pixels))[..16], stream.Hash);
        Assert.Empty(stream.Notices);
        Assert.Equal(20, _pairs.Count);
        Assert.Equal(Given.Pixels, _pairs.Before);
        Assert.Equal(Made.Pixels, _pairs.After);
        Assert.Equal(19, stream.Series.Seconds.Count);
        Assert.Equal(stream.After.Flicker!.Value, stream.Series.After.Flicker.Average(), 1e-9);
        Assert.Same(_sink, stream.Release());
        stream.Dispose();
        Assert.False(_sink.IsClosed);
    }

    [Fact]
    public void Opacity_goes_along()
    {
        byte[][] alpha = [.. Enumerable.Range(0, 20).Select(i => Enumerable.Repeat((byte)i, 16 * 24).ToArray())];
        using var stream = Stream(alpha: alpha);
        Push(stream);
        stream.Finish();
        Assert.Equal(alpha, _sink.Frames.Select(frame => frame.Alpha));
    }

    [Fact]
    public void A_clip_that_can_no_longer_be_read_costs_no_frame_of_the_result()
    {
        using var stream = Stream(end: 7);
        Push(stream);
        stream.Finish();
        Assert.Equal(Made.Pixels, _sink.Frames.SelectMany(frame => frame.Rgb));
        Assert.Equal((new VideoMeasures(null, null, null), VideoMeasures.Of(Made)), (stream.Before, stream.After));
        Assert.Equal(7 * Made.Format.FrameBytes, _pairs.After.Count);
        Assert.Equal(NoticeCode.Damaged, Assert.Single(stream.Notices).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(19)]
    public void A_result_that_cannot_be_written_ends_the_run(int frame)
    {
        _sink.Fails = frame;
        using (var stream = Stream())
        {
            InputErrors.Expect(
                () =>
                {
                    Push(stream);
                    stream.Finish();
                },
                InputCode.DiskFull, "full");
        }

        Assert.Equal((true, frame), (_sink.IsClosed, _sink.Frames.Count));
    }

    [Fact]
    public void Frames_come_in_order()
    {
        using var stream = Stream();
        byte[] frame = stream.Rent();
        Assert.Throws<InvalidOperationException>(() => stream.Add(1, frame));
    }

    private static void Push(ResultStream stream)
    {
        for (int i = 0; i < Made.Count; i++)
        {
            byte[] frame = stream.Rent();
            Made.Frame(i).CopyTo(frame);
            stream.Add(i, frame);
        }
    }

    private ResultStream Stream(int end = int.MaxValue, VideoFrames? clean = null, byte[][]? alpha = null)
    {
        var survey = ClipFramesTests.Survey(Given, alpha);
        var given = new ClipFrames(() => new FramesReader(Given, alpha, end), survey, 24, 16);
        var cleaned = clean is null ? null : new ClipFrames(() => new FramesReader(clean), survey, 24, 16);
        return new ResultStream(_ => _sink, Made.Format, survey.Stamps, given, cleaned, _pairs, TestContext.Current.CancellationToken);
    }

    private sealed class Sink(VideoFormat format) : IFrameWriter
    {
        public VideoFormat Format => format;

        public IReadOnlyList<Notice> Notices => [];

        public List<(byte[] Rgb, byte[] Alpha, TimeSpan Stamp)> Frames { get; } = [];

        public int Fails { get; set; } = int.MaxValue;

        public bool IsClosed { get; private set; }

        public void Write(ReadOnlySpan<byte> rgb, TimeSpan stamp) => Write(rgb, [], stamp);

        public void Write(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> alpha, TimeSpan stamp)
        {
            if (Frames.Count == Fails) throw new InputException(InputCode.DiskFull, "the disk is full");
            Frames.Add((rgb.ToArray(), alpha.ToArray(), stamp));
        }

        public void Finish() { }

        public string Complete() => "nowhere";

        public void Dispose() => IsClosed = true;
    }

    private sealed class Pairs : IPairWatcher
    {
        public int Count { get; private set; }

        public List<byte> Before { get; } = [];

        public List<byte> After { get; } = [];

        public void Begin(VideoFormat format, int frames) => Count = frames;

        public void Add(byte[] before, byte[] after, TimeSpan stamp)
        {
            Before.AddRange(before);
            After.AddRange(after);
        }
    }
}
