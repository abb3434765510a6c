namespace EvsNative.Pipelines.Frames;

/// <summary>Lines that encoders print past ffmpeg's own level of talk.</summary>
internal static class EncoderTalk
{
    private static readonly string[] Talk = ["Svt[info]", "Svt[warn]", "SVT [", "x265 [info]", "x265 [warning]", "-----"];

    /// <summary>Whether a line is no complaint.</summary>
    public static bool IsTalk(string line) => Talk.Any(start => line.StartsWith(start, StringComparison.Ordinal));
}
