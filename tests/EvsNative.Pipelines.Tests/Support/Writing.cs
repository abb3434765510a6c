using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests;

/// <summary>Writes clips as a run does.</summary>
internal static class Writing
{
    /// <summary>Writes the frames of a video file to another one, with all that belongs to them.</summary>
    /// <param name="source">the clip</param>
    /// <param name="target">what is written</param>
    /// <param name="style">how</param>
    /// <param name="from">the first moment of the clip</param>
    /// <param name="to">the moment behind its last one; null for the file's end</param>
    /// <param name="pictures">where the frames come from, if not from the clip</param>
    /// <returns>what was said</returns>
    public static IReadOnlyList<Notice> Again(
        string source, string target, OutputStyle? style = null, TimeSpan from = default, TimeSpan? to = null, string? pictures = null)
    {
        int stream = int.Parse(Probe.Lines(source, "stream=index", "v:0")[0], System.Globalization.CultureInfo.InvariantCulture);
        using var reader = FrameFiles.Open(pictures ?? source);
        var format = reader.Format with { TimeBase = Probe.TimeBase(source) };
        var origin = new ClipOrigin(source, stream, from, to);
        using var writer = FrameFiles.Create(target, format, style: (style ?? OutputStyle.Usual) with { Origin = origin });
        byte[] frame = new byte[format.FrameBytes];
        while (reader.TryRead(frame, out var stamp))
            if (stamp >= from && (to is null || stamp < to)) writer.Write(frame, stamp - from);
        writer.Complete();
        return writer.Notices;
    }

    /// <summary>Writes frames at given times.</summary>
    /// <param name="target">the file</param>
    /// <param name="units">their times, in units of the time base</param>
    /// <param name="unit">the time base</param>
    /// <param name="rate">frames a second</param>
    /// <param name="size">pixels of an edge</param>
    public static IReadOnlyList<Notice> At(string target, IReadOnlyList<long> units, Rational unit, Rational rate, int size = 64)
    {
        var clip = TestVideos.Smooth(8, size, size, rate);
        using var writer = FrameFiles.Create(target, clip.Format with { TimeBase = unit });
        for (int i = 0; i < units.Count; i++)
            writer.Write(clip.Frame(i % clip.Count), TimeSpan.FromSeconds(1) * ((double)units[i] * unit.Numerator / unit.Denominator));
        writer.Complete();
        return writer.Notices;
    }
}
