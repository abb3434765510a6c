using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Decodes still WebP pictures, one behind the other, by one ffmpeg that is given them by its standard input. It stops at the first one
/// that it cannot decode, so that none is taken for another; some before that may be lost with it.
/// </summary>
internal sealed class WebPStills : IDisposable
{
    private readonly FfmpegProcess _ffmpeg;
    private readonly Task _feeding;

    /// <summary>Starts it.</summary>
    /// <param name="tools">the ffmpeg to use</param>
    /// <param name="files">the pictures, each a whole file, none larger than the canvas</param>
    /// <param name="width">pixels of the canvas that each picture lies in, at the upper left</param>
    /// <param name="height">pixels of the canvas</param>
    /// <param name="cancellation">kills it</param>
    public WebPStills(FfmpegTools tools, IEnumerable<byte[]> files, int width, int height, CancellationToken cancellation)
    {
        string most = InputLimits.PicturePixels.ToString(CultureInfo.InvariantCulture);
        _ffmpeg = new FfmpegProcess(
            tools,
            [
                "-hide_banner", "-nostats", "-nostdin", "-loglevel", "level+error", "-xerror", "-protocol_whitelist", "pipe",
                // One after the other: an error must not overtake the pictures before it.
                "-format_whitelist", "webp_pipe", "-max_pixels", most, "-threads", "1", "-f", "webp_pipe", "-i", "pipe:0",
                .. tools.EveryFrameOnce,
                "-vf", $"scale={FfmpegTools.Scaling},format=rgba,pad={width}:{height}:0:0:color=black@0",
                "-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1",
            ],
            cancellation);
        _feeding = Task.Run(() => Feed(files), CancellationToken.None);
    }

    /// <summary>Reads the next picture.</summary>
    /// <param name="rgba">[H,W,4] of the canvas</param>
    /// <returns>false where ffmpeg could not decode it, or one behind it</returns>
    /// <exception cref="InputException">a file could not be read</exception>
    public bool TryRead(Span<byte> rgba)
    {
        if (_ffmpeg.Output.ReadAtLeast(rgba, rgba.Length, throwOnEndOfStream: false) == rgba.Length) return true;
        _feeding.GetAwaiter().GetResult();
        return false;
    }

    /// <summary>Why it could not; to be asked after <see cref="TryRead"/> said so.</summary>
    public string Complaint()
    {
        _ffmpeg.Finish();
        return FfmpegComplaint.QuoteFirst(_ffmpeg.Said);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ffmpeg.Dispose();
        ((IAsyncResult)_feeding).AsyncWaitHandle.WaitOne();
    }

    private void Feed(IEnumerable<byte[]> files)
    {
        try
        {
            foreach (byte[] file in files) _ffmpeg.Input.Write(file);
        }
        catch (IOException)
        {
            // It has ended: what it said tells why.
        }
        finally
        {
            _ffmpeg.EndInput();
        }
    }
}
