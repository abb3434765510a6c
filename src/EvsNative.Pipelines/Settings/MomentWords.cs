using System.Globalization;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Settings;

/// <summary>
/// How a moment of a clip is written: seconds ("12.5"), minutes and seconds ("1:02.5"), hours too ("1:02:03"), or the number of a frame,
/// the first being 0, with an f behind it ("48f").
/// </summary>
internal static class MomentWords
{
    private const string Wanted = "seconds, minutes:seconds or a frame from 0 on, such as 12.5, 1:02.5 or 48f";
    private const decimal MostSeconds = 1_000_000;

    /// <summary>A moment.</summary>
    public static Wording<ClipMoment> Moment { get; } = new("MOMENT", Wanted, TryRead)
    {
        Advice = text => text.Contains(':') ? "" : Numbers.Advice(text),
    };

    private static bool TryRead(string text, out ClipMoment moment)
    {
        moment = default;
        if (text.EndsWith('f'))
        {
            bool isFrame = Numbers.TryCount(text[..^1], out ulong frame) && frame <= int.MaxValue;
            if (isFrame) moment = ClipMoment.AtFrame((int)frame);
            return isFrame;
        }

        string[] parts = text.Split(':');
        if (parts.Length > 3) return false;
        decimal seconds = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            const int sixty = 60;
            bool isLast = i == parts.Length - 1;
            if (!(isLast ? Numbers.TryNumber(parts[i], out _) : Numbers.TryCount(parts[i], out _))) return false;
            if (!decimal.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out decimal part)) return false;
            // Minutes and seconds behind a colon end at sixty.
            if (part < 0 || part > MostSeconds || (i > 0 && part >= sixty)) return false;
            seconds = seconds * sixty + part;
        }

        moment = ClipMoment.At(TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)));
        return true;
    }
}
