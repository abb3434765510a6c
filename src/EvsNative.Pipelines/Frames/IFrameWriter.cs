using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Takes the frames of a video, one after the other. The output appears when <see cref="Complete"/> is called; disposing the writer without
/// it leaves nothing behind and keeps what was there.
/// </summary>
public interface IFrameWriter : IDisposable
{
    /// <summary>Size, rate and tags.</summary>
    VideoFormat Format { get; }

    /// <summary>What a killed run had left there, and whether the output got another name.</summary>
    IReadOnlyList<Notice> Notices { get; }

    /// <summary>The same as it will be in the file, where that cannot hold every size.</summary>
    VideoFormat Written => Format;

    /// <summary>Writes the next frame.</summary>
    /// <param name="rgb">[H,W,3]; it is not needed when the call returns</param>
    /// <param name="stamp">when it is shown, later than the frame before</param>
    /// <exception cref="ArgumentException">the bytes are not one frame, or time goes backwards</exception>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    void Write(ReadOnlySpan<byte> rgb, TimeSpan stamp);

    /// <summary>
    /// Writes the next frame with its opacity; what cannot hold opacity gets the frame composed on black, and a notice says so.
    /// </summary>
    /// <param name="rgb">[H,W,3]; it is not needed when the call returns</param>
    /// <param name="alpha">[H,W], or empty for an opaque frame</param>
    /// <param name="stamp">when it is shown, later than the frame before</param>
    /// <exception cref="ArgumentException">the bytes are not one frame, or time goes backwards</exception>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    void Write(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> alpha, TimeSpan stamp) => Write(rgb, stamp);

    /// <summary>There are no more frames: all of them are brought to the disk, under a temporary name.</summary>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    void Finish();

    /// <summary>
    /// Puts the output in its place, after <see cref="Finish"/> if need be. If somebody has taken the place meanwhile it gets a free name
    /// beside it, and a notice says so.
    /// </summary>
    /// <returns>where it is</returns>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    string Complete();
}
