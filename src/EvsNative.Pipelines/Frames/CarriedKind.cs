namespace EvsNative.Pipelines.Frames;

/// <summary>Which streams of a kind, sound or subtitles, a container takes.</summary>
/// <param name="Held">ffmpeg's names of the codecs that it takes as they are; null for all</param>
/// <param name="Readable">codecs that can be changed into one that it takes; null for all</param>
/// <param name="Encoders">ffmpeg's encoders that make one that it takes, the best first</param>
internal sealed record CarriedKind(string[]? Held, string[]? Readable, params string[] Encoders)
{
    /// <summary>Whether a codec is taken as it is.</summary>
    public bool Holds(string codec) => Held?.Contains(codec) ?? true;

    /// <summary>The encoder that makes something of a codec that is taken; null where there is none.</summary>
    /// <param name="codec">ffmpeg's name of it</param>
    /// <param name="tools">the ffmpeg that would do it</param>
    public string? Encoder(string codec, FfmpegTools tools) =>
        Readable?.Contains(codec) == false ? null : Encoders.FirstOrDefault(tools.HasEncoder);
}
