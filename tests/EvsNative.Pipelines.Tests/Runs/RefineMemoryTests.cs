using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>Frames go through host memory: what is held does not grow with their number.</summary>
[Collection(Alone.Name)]
public sealed class RefineMemoryTests(ITestOutputHelper output) : IDisposable
{
    private const int Side = 64, Upscale = 2, Few = 50, Many = 200;

    /// <summary>Held, a frame more would be held once at least; these are for stamps, measures and lists that have grown.</summary>
    private const double MostFrames = (Many - Few) / 10.0;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(UpscaleIn.Pixels)]
    [InlineData(UpscaleIn.Latents)]
    public void A_longer_clip_takes_no_more_host_memory(UpscaleIn upscaleIn)
    {
        Held(Few, upscaleIn);
        long few = Held(Few, upscaleIn), many = Held(Many, upscaleIn);
        double frames = (many - few) / (double)(Side * Upscale * Side * Upscale * VideoFormat.Channels);
        output.WriteLine($"{few >> 10} KiB for {Few} frames, {many >> 10} KiB for {Many}: {frames:F2} frames more");
        Assert.InRange(frames, -MostFrames, MostFrames);
    }

    /// <summary>The most managed memory that is alive when a frame is written.</summary>
    private long Held(int frames, UpscaleIn upscaleIn)
    {
        string clip = _folder[$"{frames}"];
        if (!Directory.Exists(clip)) FrameFiles.Write(clip, TestVideos.Smooth(frames, Side, Side));
        var run = new RefineRun(TestRequests.Tiny(clip, EvsMode.T2I, Upscale, upscaleIn));
        Watching? writer = null;
        var summary = run.Write(format => writer = new Watching(format), TestContext.Current.CancellationToken);
        Assert.Equal((frames, frames), (writer!.Frames, summary.Output.Frames));
        return writer.Most;
    }

    private sealed class Watching(VideoFormat format) : IFrameWriter
    {
        /// <summary>Looking takes a whole collection.</summary>
        private const int Every = 10;

        public VideoFormat Format => format;

        public IReadOnlyList<Notice> Notices => [];

        public int Frames { get; private set; }

        public long Most { get; private set; }

        public void Write(ReadOnlySpan<byte> rgb, TimeSpan stamp)
        {
            if (Frames++ % Every == 0) Most = Math.Max(Most, GC.GetTotalMemory(forceFullCollection: true));
        }

        public void Finish() { }

        public string Complete() => "nowhere";

        public void Dispose() { }
    }
}
