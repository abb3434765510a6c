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

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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
