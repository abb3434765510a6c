namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Finds the most of what belongs to a clip that ffmpeg takes over. A stream that it stumbles over must not cost the pictures, nor the
/// other
/// streams: where all together do not go, each is tried by itself, as it is and encoded again.
/// </summary>
/// <param name="command">how the pictures are written</param>
/// <param name="file">where the rest is</param>
/// <param name="place">where trials are written</param>
/// <param name="cancellation">kills ffmpeg</param>
internal sealed class CarryTrial(EncodingCommand command, OriginFile file, string place, CancellationToken cancellation)
{
    private string? _objection;

    /// <summary>The command with all that goes along.</summary>
    public EncodingCommand Settle()
    {
        var all = With([]);
        if (Goes(all)) return all;
        var efforts = new Dictionary<int, CarryEffort>();
        foreach (var stream in file.Streams)
        {
            var alone = file.Streams.Where(other => other != stream).ToDictionary(other => other.Index, _ => CarryEffort.Nothing);
            var effort = CarryEffort.AsItIs;
            while (effort < CarryEffort.Nothing && !Goes(With(new(alone) { [stream.Index] = effort }))) effort++;
            efforts[stream.Index] = effort;
        }

        var most = With(efforts);
        return Goes(most) ? most : With(file.Streams.ToDictionary(stream => stream.Index, _ => CarryEffort.Nothing));
    }

    private EncodingCommand With(Dictionary<int, CarryEffort> efforts) => command with
    {
        Carried = new CarriedStreams(file, command.Container, command.Tools, efforts, _objection),
    };

    /// <summary>Whether ffmpeg does it; without any stream there is nothing to find out.</summary>
    private bool Goes(EncodingCommand tried)
    {
        if (!tried.Carried!.HasStreams) return true;
        string? said = EncoderTrial.Objection(tried, place, cancellation);
        _objection ??= said;
        return said is null;
    }
}
