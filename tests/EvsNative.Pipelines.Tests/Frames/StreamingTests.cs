using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

[Collection(Alone.Name)]
public sealed class StreamingTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_long_video_is_read_frame_by_frame()
    {
        Ffmpeg.Need();
        Ffmpeg.Run(
            "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25", "-frames:v", "300", "-c:v", "libx264", "-preset", "ultrafast",
            _folder["in.mp4"]);
        using var reader = FrameFiles.Open(_folder["in.mp4"]);
        byte[] frame = new byte[reader.Format.FrameBytes];
        Assert.True(reader.TryRead(frame, out _));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        int frames = 1;
        while (reader.TryRead(frame, out _)) frames++;
        Assert.Equal(300, frames);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 10L * frame.Length);
    }
}
