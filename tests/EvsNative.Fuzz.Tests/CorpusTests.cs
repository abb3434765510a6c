using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Targets;

namespace EvsNative.Fuzz.Tests;

public sealed class CorpusTests
{
    private static readonly ILookup<string, CorpusRow> Rows = Corpus.Rows().ToLookup(row => row.Parser);

    public static TheoryData<string> Parsers => [.. Rows.Select(rows => rows.Key)];

    [Theory, MemberData(nameof(Parsers))]
    public void What_went_wrong_once_goes_right(string parser)
    {
        var target = TargetTable.Find(parser)!;
        if (target.Missing is { } missing) Assert.Skip($"{parser} {missing}.");
        CorpusRow[] rows = [.. Rows[parser]];
        var verdicts = new FuzzRunner(target).Replay([.. rows.Select(row => row.Files)]);
        var wrong = from pair in rows.Zip(verdicts)
                    let verdict = pair.Second
                    where verdict.Kind == VerdictKind.Finding || (pair.First.Wanted ?? verdict.Kind) != verdict.Kind
                    select $"{pair.First.Name}: {verdict.Kind} {verdict.What}: {verdict.Text}";
        Assert.Empty(wrong);
    }
}
