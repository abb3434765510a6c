using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>PNG and JPEG files, decoded here.</summary>
/// <param name="folder">the files</param>
/// <param name="cancellation">checked while one is decoded</param>
internal sealed class PictureFiles(FrameFolder folder, CancellationToken cancellation) : IStillSource
{
    private int _next;

    /// <inheritdoc/>
    public Picture Next()
    {
        cancellation.ThrowIfCancellationRequested();
        string file = folder.Files[_next++];
        var picture = StillImage.Decode(OrdinaryFile.ReadAll(file, InputLimits.PictureBytes, "a frame"), file, cancellation);
        // It may be another file than the one that was looked at.
        FrameFolder.Require(folder.Format, file, picture.Width, picture.Height);
        return picture;
    }

    /// <inheritdoc/>
    public void Dispose() { }
}
