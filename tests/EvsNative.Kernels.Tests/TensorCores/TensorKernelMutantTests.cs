using EvsNative.Kernels.Tests.Cuda;
using EvsNative.PtxSim;
using EvsNative.Testing;
using Xunit.Sdk;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>
/// Bugs put into the kernels for tensor cores, one at a time, some of each kind from all over their texts. Those of what makes these
/// kernels fast must always be noticed: barriers, waits and groups of copies, addresses and order of fragments, lanes that are exchanged.
/// What is harmless is listed. Of the rest a share must be noticed: many change nothing, as bounds that no place of these shapes meets.
/// </summary>
public sealed class TensorKernelMutantTests
{
    private const int MostOfAKind = 3;
    private const double Tolerance = 2e-3, LeastShare = 0.5;

    // On each core one; a test that fails names its kernel.
    private static readonly (int Sm, string Kernel, Func<Device, TensorMutantCase> Case)[] Cases =
    [
        (80, "StreamingAttention_", d => TensorMutantCase.Attention(d, 40, 150)),
        (80, "StreamingAttention_", d => TensorMutantCase.Attention(d, 80, 150)),
        (75, "StreamingAttention_", d => TensorMutantCase.Attention(d, 40, 150)),
        (80, "TextAttention_", d => TensorMutantCase.Attention(d, 40, 77)),
        (80, "FrameAttention_", d => TensorMutantCase.Attention(d, 40, 0, 11)),
        (80, "ProductTensor_Halves_", TensorMutantCase.Conv2d),
        (75, "ProductTensor_HalvesTuring_", TensorMutantCase.Conv2d),
        (86, "ProductTensor_", d => TensorMutantCase.Gated(d, 70)),
        (80, "ProductVectorTensor_", d => TensorMutantCase.Linear(d, 5)),
    ];

    // Whether noticed or not says nothing about a test of the kernel.
    private static readonly string[] Loose =
    [
        "special register changed", "operands exchanged", "relation changed", "bound one larger", "predicate dropped", "shift changed",
        "bit dropped",
    ];

    /// <summary>Bugs of a kernel that may change nothing, the largest share of them, and why.</summary>
    private static readonly (string Kernel, string Bug, double Share, string Reason)[] Harmless =
    [
        ("", "copy made full", 1, "what comes in place of zeros is multiplied by other zeros, masked, or of rows that nobody stores"),
        ("StreamingAttention_", "address shifted", 0.25, "results of queries that are not there"),
        ("ProductTensor_HalvesTuring_", "barrier dropped", 0.34, "the one before moments of channels, which nobody asks of sm_75"),
        ("ProductTensor_HalvesTuring_", "address shifted", 0.34, "sums that are put back for these moments"),
        ("FrameAttention_", "registers of the", 0.7, "channels that fill up the heads' are zeros, and their results go nowhere"),
    ];

    [Fact]
    public void Bugs_in_kernels_for_tensor_cores_are_noticed()
    {
        var results = Cases.AsParallel().Select(c => Check(c.Sm, c.Kernel, c.Case)).ToList();
        string[] survivors = [.. results.SelectMany(result => result.Survivors)];
        Assert.True(survivors.Length == 0, string.Join('\n', survivors));
        int others = results.Sum(result => result.Others), noticed = results.Sum(result => result.Noticed);
        Assert.True(noticed >= LeastShare * others, $"{noticed} of {others} bugs of other kinds are noticed");
    }

    private static (List<string> Survivors, int Others, int Noticed) Check(int sm, string kernel, Func<Device, TensorMutantCase> prepare)
    {
        using var driver = new InterpretedCudaDriver { Sm = sm, Version = 12040, StopsAtFirstFinding = true };
        using var d = CudaTest.Device(driver, ElementType.Float16);
        using var scope = d.Enter("mutants");
        var run = prepare(d);
        Assert.True(Passes(run), kernel);
        driver.Limit = 10 * driver.MostExecuted;
        string original = Assert.Single(driver.Ran);
        Assert.Contains($".entry {kernel}", original, StringComparison.Ordinal);
        List<string> survivors = [];
        int others = 0, noticed = 0;
        foreach (var kind in PtxMutants.Of(original).GroupBy(mutant => mutant.Kind))
        {
            List<string> alive = [];
            var some = Spread([.. kind]).ToList();
            foreach (var mutant in some)
            {
                driver.Rewrite = text => text == original ? mutant.Text : text;
                if (Passes(run)) alive.Add($"{kernel}: {mutant.Description}");
            }

            if (Loose.Contains(kind.Key)) (others, noticed) = (others + some.Count, noticed + some.Count - alive.Count);
            else if (alive.Count > ShareOfHarmless(kernel, kind.Key) * some.Count) survivors.AddRange(alive);
        }

        driver.Rewrite = text => text;
        Assert.True(Passes(run), kernel);
        return (survivors, others, noticed);
    }

    private static double ShareOfHarmless(string kernel, string bug) => Harmless
        .Where(row => kernel.StartsWith(row.Kernel, StringComparison.Ordinal) && bug.StartsWith(row.Bug, StringComparison.Ordinal))
        .Select(row => row.Share).DefaultIfEmpty(0).Max();

    /// <summary>Some of them, from all over the text.</summary>
    private static IEnumerable<PtxMutant> Spread(IReadOnlyList<PtxMutant> all)
    {
        int count = Math.Min(all.Count, MostOfAKind);
        for (int i = 0; i < count; i++) yield return all[(int)((((long)i * 2) + 1) * all.Count / (2 * count))];
    }

    private static bool Passes(TensorMutantCase run)
    {
        try
        {
            return Relative.Error(run.Run(), run.Wanted) <= Tolerance;
        }
        catch (Exception e) when (e is XunitException or PtxSyntaxException)
        {
            return false;
        }
    }
}
