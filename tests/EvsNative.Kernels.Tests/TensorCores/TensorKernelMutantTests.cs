using EvsNative.PtxSim;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>
/// Bugs put into the kernels for tensor cores, one at a time. Each must be noticed by a call, or <c>TensorHarmless.txt</c> says why it
/// changes nothing. The gate tries some of each kind in some forms. All bugs of all forms are tried where
/// <c>EVSNATIVE_ALL_MUTANTS</c> names the page that is to tell of them; a run that was ended goes on with what stands in a log beside it.
/// </summary>
public sealed class TensorKernelMutantTests(ITestOutputHelper output)
{
    private const string Variable = "EVSNATIVE_ALL_MUTANTS";
    private const int MostOfAKind = 2;

    private static readonly string[] Sampled =
    [
        "StreamingAttention<AmpereCore,StreamedQueries,StreamingTile<Head40>>",
        "StreamingAttention<TuringCore,StreamedBlend,StreamingTile<Head8>>",
        "TextAttention<OwnQueryWords,TextHeads40,TextKeys80>",
        "FrameAttention<OwnQueryWords,FrameUnit96<TwoHeads>,Frames16>",
        "WideProduct<WideSquare,WideKeys>",
        "ProductVectorTensor<EightHalves,Float16Element,EightHalves>",
        "ProductTensor<Halves,HalfResult,Tile64x160,FourStages,ConvolutionForm>",
        "ProductTensor<HalvesTuring,HalfResult,Tile64x64,RegisterStages,ConvolutionForm>",
        "ProductTensor<Singles,FloatResult,Tile64x64,TwoStages,ConvolutionForm>",
        "ProductTensor<SinglesByHalves,HalfResult,Tile64x64,ThreeStages,PhaseForm>",
    ];

    [Fact]
    public void Some_bugs_of_each_kind_are_noticed_or_harmless()
    {
        TensorMutantForm[] forms = [.. Sampled.Select(kernel => Assert.Single(TensorMutantForms.All, form => form.Kernel == kernel))];
        var results = forms.AsParallel().SelectMany(form => TensorMutantResult.Of([form], Some, believes: true)).ToList();
        AssertNoneSurvives(results);
    }

    [Fact]
    public void Every_bug_is_noticed_or_harmless()
    {
        string? page = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(page is null, $"{Variable} does not name the page to write");
        var log = new TensorMutantLog($"{page}.log");
        var results = TensorMutantForms.All.GroupBy(form => form.Family).AsParallel().AsOrdered()
            .SelectMany(forms => TensorMutantResult.Of(forms, bugs => bugs, log: log)).ToList();
        File.WriteAllText(page!, TensorMutantPage.Of(results));
        output.WriteLine(TensorMutantPage.Of(results));
        AssertNoneSurvives(results);
        var used = results.SelectMany(result => result.Harmless).ToHashSet();
        Assert.All(TensorHarmless.Rows, row => Assert.True(used.Contains(row), $"no bug is of the row {row}"));
    }

    private static void AssertNoneSurvives(IEnumerable<TensorMutantResult> results)
    {
        string[] survivors = [.. results.SelectMany(result => result.Survivors)];
        Assert.True(survivors.Length == 0, $"{survivors.Length} bugs are not noticed:\n{string.Join('\n', survivors)}");
    }

    /// <summary>Some of each kind, from all over the text.</summary>
    private static IEnumerable<PtxMutant> Some(IReadOnlyList<PtxMutant> all)
    {
        foreach (var kind in all.GroupBy(mutant => mutant.Kind).Select(kind => kind.ToList()))
        {
            int count = Math.Min(kind.Count, MostOfAKind);
            for (int i = 0; i < count; i++) yield return kind[(int)((((long)i * 2) + 1) * kind.Count / (2 * count))];
        }
    }
}
