using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>Frames go through host memory: what is held does not grow with their number.</summary>
[Collection(Alone.Name)]
public sealed class RefineMemoryTests(ITestOutputHelper output) : IDisposable
{
    private const int Side = 64, Few = 50, Many = 200;

    /// <summary>If frames were held, all that the longer clip has more would be, once at least.</summary>
    private const double MostFrames = (Many - Few) * 0.4;

    /// <summary>What is kept of a frame for good: times and measures, in lists that grow by doubling.</summary>
    private const int NumbersBytes = 1000;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>All that pixels go through but the networks, whose memory a dry run tells (ForecastTests): 1,000 frames of them are a
    /// minute.</summary>
    [Fact]
    public void Frames_that_pass_through_are_not_held_however_many()
    {
        Passed(2);
        long few = Passed(50), more = Passed(200), many = Passed(1000);
        output.WriteLine($"{few >> 10}, {more >> 10}, {many >> 10} KiB for 50, 200, 1,000 frames");
        const int slack = 20 * Side * Side * VideoFormat.Channels;
        Assert.InRange(more - few, -slack, slack + 150 * NumbersBytes);
        Assert.InRange(many - few, -slack, slack + 950 * NumbersBytes);
    }

    [Fact]
    public void A_longer_clip_takes_no_more_host_memory()
    {
        // What a program holds for good comes with its first run.
        Held(2);
        long few = Held(Few), many = Held(Many);
        double frames = (many - few) / (double)(Side * Side * VideoFormat.Channels);
        output.WriteLine($"{few >> 10} KiB for {Few} frames, {many >> 10} KiB for {Many}: {frames:F2} frames more");
        Assert.InRange(frames, -MostFrames, MostFrames);
    }

    /// <summary>The most managed memory that is alive when a frame is written.</summary>
    private long Held(int frames)
    {
        string clip = _folder[$"{frames}"];
        if (!Directory.Exists(clip)) FrameFiles.Write(clip, TestVideos.Smooth(frames, Side, Side));
        var run = new RefineRun(TestRequests.Tiny(clip, EvsMode.T2I));
        Watching? writer = null;
        var summary = run.Write(format => writer = new Watching(format), TestContext.Current.CancellationToken);
        Assert.Equal((frames, frames), (writer!.Frames, summary.Output.Frames));
        return writer.Most;
    }

    /// <summary>The same, of frames that are read, resized, measured and written and not refined.</summary>
    private static long Passed(int frames)
    {
        var format = new VideoFormat(Side, Side, new Rational(25, 1));
        IFrameReader Open() => new Endless(format, frames);
        KnownClip clip;
        using (var reader = Open()) clip = KnownClip.Of(reader, frames, _ => { });
        using ClipFrames seen = new(Open, clip, Side, Side), given = new(Open, clip, Side, Side);
        var writer = new Watching(format);
        using var result = new ResultStream(_ => writer, format, clip.Stamps, given, null, null, TestContext.Current.CancellationToken);
        for (int i = 0; i < frames; i++)
        {
            byte[] frame = result.Rent();
            seen.Read(i, frame);
            result.Add(i, frame);
        }

        result.Finish();
        Assert.Equal(frames, writer.Frames);
        return writer.Most;
    }

    private sealed class Endless(VideoFormat format, int frames) : IFrameReader
    {
        private int _next;

        public VideoFormat Format => format;

        public string Source => "made for a test";

        public int? Frames => frames;

        public IReadOnlyList<Notice> Notices => [];

        public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
        {
            stamp = format.StampOf(_next);
            if (_next == frames) return false;
            rgb.Fill((byte)(37 * _next++));
            return true;
        }

        public void Dispose() { }
    }

    private sealed class Watching(VideoFormat format) : IFrameWriter
    {
        /// <summary>Looking takes a whole collection.</summary>
        private const int Every = 25;

        public VideoFormat Format => format;

        public IReadOnlyList<Notice> Notices => [];

        public int Frames { get; private set; }

        public long Most { get; private set; }

        public void Write(ReadOnlySpan<byte> rgb, TimeSpan stamp)
        {
            if (++Frames % Every != 0 && Frames > 1) return;
            GC.Collect();
            Most = Math.Max(Most, GC.GetTotalMemory(forceFullCollection: false));
        }

        public void Finish() { }

        public string Complete() => "nowhere";

        public void Dispose() { }
    }
}
