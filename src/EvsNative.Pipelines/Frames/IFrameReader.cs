using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>The frames of a video, one after the other, forwards only. Disposing it ends the reading wherever it is.</summary>
public interface IFrameReader : IDisposable
{
    /// <summary>Size, rate and tags.</summary>
    VideoFormat Format { get; }

    /// <summary>Where the frames come from, for messages.</summary>
    string Source { get; }

    /// <summary>How many frames there are, where that is known before they are read.</summary>
    int? Frames { get; }

    /// <summary>What is dropped or changed in reading; some of it is known only when the last frame was read.</summary>
    IReadOnlyList<Notice> Notices { get; }

    /// <summary>The file that sound, subtitles and chapters can be taken over from; null where there is none, as for folders.</summary>
    ClipOrigin? Origin => null;

    /// <summary>[H,W], the opacity of the frame that was read last; empty where <see cref="VideoFormat.HasAlpha"/> is false.</summary>
    ReadOnlySpan<byte> Alpha => [];

    /// <summary>Reads the next frame.</summary>
    /// <param name="rgb">[H,W,3], the result</param>
    /// <param name="stamp">when it is shown, from the video's beginning</param>
    /// <returns>false where there is none left; then nothing was written</returns>
    /// <exception cref="InputException">what comes is no frame of this video; one line says why</exception>
    bool TryRead(Span<byte> rgb, out TimeSpan stamp);
}
