using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>Sees each frame of the result beside the clip's own, in order, while the clip is made: for a page, or to look at it.</summary>
internal interface IPairWatcher
{
    /// <summary>The result begins.</summary>
    /// <param name="format">size and rate of both clips' frames as they will come</param>
    /// <param name="frames">how many</param>
    void Begin(VideoFormat format, int frames);

    /// <summary>Takes a pair; none comes after the first frame of the clip that can no longer be read.</summary>
    /// <param name="before">[H,W,3] of the clip that was given; not to be kept</param>
    /// <param name="after">[H,W,3] of the result; not to be kept</param>
    /// <param name="stamp">when both are shown</param>
    void Add(byte[] before, byte[] after, TimeSpan stamp);
}
