using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>A refined clip is in host memory twice, before and after, and otherwise goes through frame by frame.</summary>
[Collection(Alone.Name)]
public sealed class RefineMemoryTests : IDisposable
{
    private const int Side = 64, Upscale = 4, Few = 4, Many = 48;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// All that is ever allocated is more than what is held at once, and counts exactly: a third copy would make it three and more. What is
    /// less than a copy: the small clip as its files are decoded, and buffers that are used again and again.
    /// </summary>
    [Theory]
    [InlineData(UpscaleIn.Pixels)]
    [InlineData(UpscaleIn.Latents)]
    public void Frames_more_take_two_copies_of_themselves(UpscaleIn upscaleIn)
    {
        Allocated(Few, upscaleIn);
        long frames = (long)(Many - Few) * Side * Upscale * Side * Upscale * VideoFormat.Channels;
        double copies = (Allocated(Many, upscaleIn) - Allocated(Few, upscaleIn)) / (double)frames;
        TestContext.Current.TestOutputHelper?.WriteLine($"{copies:F2} copies");
        Assert.InRange(copies, 1.99, 2.95);
    }

    private long Allocated(int frames, UpscaleIn upscaleIn)
    {
        string clip = _folder[$"{frames}"];
        if (!Directory.Exists(clip)) FrameFiles.Write(clip, TestVideos.Smooth(frames, Side, Side));
        var run = new RefineRun(TestRequests.Tiny(clip, EvsMode.T2I, Upscale, upscaleIn));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        var result = run.Do(TestContext.Current.CancellationToken);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal((frames, Side * Upscale), (result.After.Count, result.After.Width));
        return allocated;
    }
}
