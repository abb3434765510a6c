using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// What is known of a clip once it was looked through from its first to its last frame: nothing but that tells how many frames a video has
/// and whether all of them can be read, and both must be known before hours are spent on it. No picture of it is kept.
/// </summary>
/// <param name="Source">where the frames come from, for messages</param>
/// <param name="Format">size, rate and tags</param>
/// <param name="Origin">the file that sound and the like can be taken over from; null where there is none</param>
/// <param name="Stamps">when each frame is shown</param>
internal sealed record KnownClip(string Source, VideoFormat Format, ClipOrigin? Origin, IReadOnlyList<TimeSpan> Stamps)
{
    /// <summary>Frames.</summary>
    public int Count => Stamps.Count;

    /// <summary>Looks through a clip.</summary>
    /// <param name="reader">where nothing was read of yet</param>
    /// <param name="most">frames of the longest clip that is not refused: one more is read, no further ones</param>
    /// <param name="tell">told the frames so far</param>
    /// <exception cref="Layers.InputException">a frame cannot be read; one line says why</exception>
    public static KnownClip Of(IFrameReader reader, int most, Action<int> tell)
    {
        var stamps = new List<TimeSpan>();
        byte[] frame = new byte[reader.Format.FrameBytes];
        while (stamps.Count <= most && reader.TryRead(frame, out var stamp))
        {
            stamps.Add(stamp);
            tell(stamps.Count);
        }

        return new KnownClip(reader.Source, reader.Format, reader.Origin, stamps);
    }
}
