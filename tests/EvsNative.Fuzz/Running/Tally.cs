using System.Globalization;

namespace EvsNative.Fuzz.Running;

/// <summary>What a run over a parser came to.</summary>
/// <param name="target">the parser</param>
internal sealed class Tally(FuzzTarget target)
{
    private readonly Dictionary<string, Finding> _findings = [];
    private readonly List<Verdict> _verdicts = [];

    /// <summary>Cases tried.</summary>
    public long Cases { get; private set; }

    /// <summary>Cases that were read without complaint.</summary>
    public long Accepted { get; private set; }

    /// <summary>Cases that were refused in one clear line.</summary>
    public long Refused { get; private set; }

    /// <summary>Cases that ended otherwise.</summary>
    public long Wrong => Cases - Accepted - Refused;

    /// <summary>What became of the cases, in their order.</summary>
    public IReadOnlyList<Verdict> Verdicts => _verdicts;

    /// <summary>The first case of each kind of finding.</summary>
    public IReadOnlyCollection<Finding> Findings => _findings.Values;

    /// <summary>Most bytes that a case allocated.</summary>
    public long MostBytes { get; private set; }

    /// <summary>
    /// The largest quotient of what a case allocated, less what is allowed to every case and what its file rightly unfolds to, and its
    /// file's bytes. To be held against <see cref="FuzzLimits.Factor"/>.
    /// </summary>
    public double Factor { get; private set; }

    private double Mebibytes => MostBytes / 1048576.0;

    /// <summary>How long the processor was at it.</summary>
    public TimeSpan Time { get; set; }

    /// <summary>The heads of <see cref="Row"/>, as a table of Markdown.</summary>
    public static string Head =>
        "| parser | cases | accepted | refused | findings | most MiB | times its file | CPU s |\n|---|--:|--:|--:|--:|--:|--:|--:|";

    /// <summary>Takes a case to account.</summary>
    /// <param name="verdict">how it ended</param>
    /// <param name="cost">what it took</param>
    /// <param name="finding">the finding that it is, if it is one</param>
    /// <returns>true if it is a finding of a kind that was not seen before</returns>
    public bool Add(Verdict verdict, CaseCost cost, Finding? finding)
    {
        Cases++;
        _verdicts.Add(verdict);
        if (finding is null && verdict.Kind == VerdictKind.Accepted) Accepted++;
        if (finding is null && verdict.Kind == VerdictKind.Refused) Refused++;
        MostBytes = Math.Max(MostBytes, cost.Allocated);
        Factor = Math.Max(Factor, cost.Factor);
        return finding is not null && _findings.TryAdd(finding.What, finding);
    }

    /// <summary>A line of the table.</summary>
    public string Row() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {target.Name} | {Cases} | {Accepted} | {Refused} | {Wrong} | {Mebibytes:F1} | {Factor:F1} | {Time.TotalSeconds:F0} |");
}
