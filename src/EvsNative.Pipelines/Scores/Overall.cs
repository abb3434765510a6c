namespace EvsNative.Pipelines.Scores;

/// <summary>
/// The paper's fourth column, as recovered from its tables: the mean of the four scores, each put between a bound below and one above. It
/// is not clamped, belongs to a set of clips, and is not comparable between sets, since it counts from what the unprocessed clips have.
/// The bounds of MS and SC are good to 0.0004, the others to the last digit; they are not those that VBench publishes.
/// </summary>
public static class Overall
{
    private const double LeastMotion = 0.9179, MostMotion = 0.9958, LeastSubject = 0.8624, MostSubject = 0.9833;
    private const double MostDover = 88.3, MostAesthetic = 5.5;

    /// <summary>Of the scores of a set.</summary>
    /// <param name="ms">motion smoothness, 0 to 1</param>
    /// <param name="sc">subject consistency, 0 to 1</param>
    /// <param name="dover">0 to 100</param>
    /// <param name="ap">aesthetic score</param>
    /// <param name="doverOfOriginals">D0, the mean DOVER of the unprocessed clips of the set</param>
    public static double Of(double ms, double sc, double dover, double ap, double doverOfOriginals) =>
        (((ms - LeastMotion) / (MostMotion - LeastMotion))
            + ((sc - LeastSubject) / (MostSubject - LeastSubject))
            + ((dover - doverOfOriginals) / (MostDover - doverOfOriginals))
            + (ap / MostAesthetic)) / 4;
}
