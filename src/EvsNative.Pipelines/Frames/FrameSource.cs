using EvsNative.Kernels.Definitions;
using FFMpegCore.Pipes;

namespace EvsNative.Pipelines.Frames;

/// <summary>Hands a clip to ffmpeg as raw frames, with its exact rate.</summary>
internal sealed class FrameSource(Clip clip) : IPipeSource
{
    /// <summary>The pipe is a socket on Unix and a file of a special name on Windows: nothing else may be opened.</summary>
    public string GetStreamArguments() =>
        $"-protocol_whitelist file,unix -f rawvideo -pixel_format rgb24 -video_size {clip.Width}x{clip.Height} -framerate {clip.Rate}";

    public async Task WriteAsync(Stream outputStream, CancellationToken cancellationToken)
    {
        for (int frame = 0; frame < clip.Frames; frame++)
            await outputStream.WriteAsync(clip.Pixels.AsMemory(frame * clip.FrameBytes, clip.FrameBytes), cancellationToken).ConfigureAwait(false);
    }
}
