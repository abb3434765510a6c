using EvsNative.Pipelines.Compare;
using EvsNative.Pipelines.Scores;

namespace EvsNative.Pipelines.Tests.Compare;

/// <summary>The published numbers are consistent: with one another, and with the formula that was recovered from them.</summary>
public sealed class PaperTableTests
{
    /// <summary>What rounding to the printed digits can do to the formula.</summary>
    private const double Rounding = 0.0005;

    [Theory]
    [InlineData(PaperSet.VideoCrafter2)]
    [InlineData(PaperSet.AnimateDiff2)]
    public void Each_row_has_the_Overall_that_its_scores_give(PaperSet set)
    {
        double original = PaperTable.Methods(set)[0].Dover;
        Assert.All(PaperTable.Methods(set), row => Assert.Equal(row.Overall, Of(row, row.Dover, original), Rounding));
    }

    [Fact]
    public void One_composition_is_misprinted_and_says_so()
    {
        double original = PaperTable.Methods(PaperSet.VideoCrafter2)[0].Dover;
        foreach (var row in PaperTable.Compositions)
        {
            bool fits = Math.Abs(Of(row, row.Dover, original) - row.Overall) <= Rounding;
            Assert.Equal(row.Remark?.Contains("misprint", StringComparison.Ordinal) != true, fits);
        }

        var odd = PaperTable.Compositions.Single(row => row.Name == "T2V+T2I");
        Assert.Equal(odd.Overall, Of(odd, 73.27, original), Rounding);
        Assert.Contains("73.27", odd.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_tables_have_one_row_of_the_method_and_one_of_the_plain_sequence()
    {
        var methods = PaperTable.Methods(PaperSet.VideoCrafter2);
        Assert.Equal(Numbers(methods.Single(row => row.Name == "EVS")), Numbers(PaperTable.Compositions[^1]));
        PaperRow sequence = PaperTable.Compositions[2], bivdiff = methods.Single(row => row.Name == "BIVDiff");
        Assert.Equal(Numbers(bivdiff) with { Seconds = sequence.Seconds }, Numbers(sequence));
        Assert.Equal(CompareGroup.AllModes, PaperTable.Compositions.Select(row => row.Mode!.Value));
        Assert.Equal(PaperTable.Compositions.Select(row => row.Name), CompareGroup.AllModes.Select(CompareGroup.NameOf));
    }

    private static double Of(PaperRow row, double dover, double original) =>
        Overall.Of(row.MotionSmoothness, row.SubjectConsistency, dover, row.Aesthetic, original);

    private static PaperRow Numbers(PaperRow row) => row with { Name = "", Mode = null, Remark = null };
}
