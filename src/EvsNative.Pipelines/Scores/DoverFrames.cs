namespace EvsNative.Pipelines.Scores;

/// <summary>
/// Which frames of a clip DOVER looks at. The original starts each part of a longer clip at a random frame (from 195 frames on in the
/// technical branch, from 96 on in the aesthetic one); here parts start at their first frame.
/// </summary>
internal static class DoverFrames
{
    /// <summary>Clips of the technical branch.</summary>
    public const int Clips = 3;

    /// <summary>Frames of a clip, of either branch.</summary>
    public const int Length = 32;

    private const int Interval = 2;

    /// <summary>Three clips of 32, every second frame from the beginning of each third on, around the end.</summary>
    /// <param name="count">frames of the clip</param>
    public static int[] Technical(int count) =>
    [
        .. from clip in Enumerable.Range(0, Clips)
           from k in Enumerable.Range(0, Length)
           select ((count / Clips * clip) + (Interval * k)) % count,
    ];

    /// <summary>One clip of 32, evenly apart: of a clip with less than 32 frames it is the first one, 32 times.</summary>
    /// <param name="count">frames of the clip</param>
    public static int[] Aesthetic(int count) => [.. Enumerable.Range(0, Length).Select(k => count / Length * k % count)];
}
