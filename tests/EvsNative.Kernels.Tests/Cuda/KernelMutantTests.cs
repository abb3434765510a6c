using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.PtxSim;
using Xunit.Sdk;

namespace EvsNative.Kernels.Tests.Cuda;

/// <summary>
/// Bugs put into the kernels that we ship, one at a time, all over their text. A lost barrier, a result in another place and a wrong group
/// must always be noticed, by the interpreter or by wrong numbers. The rest are noticed in part: some change nothing (the square of a
/// difference has no sign, a row too many is masked), a share must be.
/// </summary>
public sealed class KernelMutantTests
{
    private const int MostOfAKind = 12;
    private const double LeastShare = 0.5;

    // On each core one; a test that fails names its operation.
    private static readonly (string Operation, string Kernel, int IdleBarriers)[] Cases =
    [
        ("Attention, frames", "AttentionPortable", 2),
        ("Conv2d, two inputs", "ProductPortable", 0),
        ("Attention, causal", "AttentionPortable", 2),
        ("LinearGeglu", "ProductPortable", 0),
        ("GroupNorm, two inputs", "GroupNormPortable", 0),
        ("LayerNorm, positions", "LayerNormPortable", 0),
        ("Resize, bicubic", "ResizePortable", 0),
        ("CountNonFinite", "PointwisePortable", 1),
        ("WindowAttention, shifted, fragments", "WindowAttentionPortable", 1),
        ("Lookup", "LookupPortable", 0),
        ("Patches, rounded up", "PatchesPortable", 0),
        ("Prelu, residual", "PreluPortable", 0),
    ];

    [Fact]
    public void Bugs_in_kernels_are_noticed()
    {
        var results = Cases.AsParallel().Select(c => Check(c.Operation, c.Kernel, c.IdleBarriers)).ToList();
        string[] survivors = [.. results.SelectMany(result => result.Survivors)];
        Assert.True(survivors.Length == 0, string.Join('\n', survivors));
        int others = results.Sum(result => result.Others), noticed = results.Sum(result => result.Noticed);
        Assert.True(noticed >= LeastShare * others, $"{noticed} of {others} bugs of other kinds are noticed");
    }

    /// <param name="operation">the self-test that runs</param>
    /// <param name="kernel">which of its kernels</param>
    /// <param name="idleBarriers">barriers behind which nobody reads what another has written: after a reduction's last sum, and where keys
    /// and channels are one tile, which nothing follows</param>
    private static (List<string> Survivors, int Others, int Noticed) Check(string operation, string kernel, int idleBarriers)
    {
        using var driver = new InterpretedCudaDriver();
        using var d = CudaTest.Device(driver, settings: CudaTest.Settings with { Kernels = KernelKinds.Portable });
        Assert.True(Passes(d, operation));
        Assert.Contains(driver.Ran, text => text.Contains(kernel, StringComparison.Ordinal));
        driver.Limit = 10 * driver.MostExecuted;
        driver.StopsAtFirstFinding = true;
        List<string> survivors = [];
        int idle = 0, others = 0, noticed = 0;
        foreach (string original in driver.Ran.ToArray().Where(text => text.Contains(kernel, StringComparison.Ordinal)))
        {
            foreach (var kind in PtxMutants.Of(original).Where(IsBug).GroupBy(KindOf))
            {
                foreach (var mutant in Spread([.. kind]))
                {
                    driver.Rewrite = text => text == original ? mutant.Text : text;
                    bool isNoticed = !Passes(d, operation);
                    if (kind.Key == Kind.Other) (others, noticed) = (others + 1, noticed + (isNoticed ? 1 : 0));
                    else if (!isNoticed && kind.Key == Kind.Barrier && idle < idleBarriers) idle++;
                    else if (!isNoticed) survivors.Add($"{operation}: {mutant.Description}");
                }
            }
        }

        driver.Rewrite = text => text;
        Assert.True(Passes(d, operation));
        return (survivors, others, noticed);
    }

    private enum Kind
    {
        Barrier,
        Store,
        Group,
        Other,
    }

    /// <summary>Threads of a row of a tile are within a warp: their places in the group and in the warp are alike.</summary>
    private static bool IsBug(PtxMutant mutant) => !mutant.Description.Contains("%laneid", StringComparison.Ordinal);

    private static Kind KindOf(PtxMutant mutant) => mutant.Description switch
    {
        var what when what.Contains("barrier dropped", StringComparison.Ordinal) => Kind.Barrier,
        var what when what.Contains("address shifted: st.", StringComparison.Ordinal) => Kind.Store,
        var what when what.Contains("%ctaid", StringComparison.Ordinal) => Kind.Group,
        _ => Kind.Other,
    };

    /// <summary>Some of them, from all over the text.</summary>
    private static IEnumerable<PtxMutant> Spread(IReadOnlyList<PtxMutant> all)
    {
        int count = Math.Min(all.Count, MostOfAKind);
        for (int i = 0; i < count; i++) yield return all[(int)((long)i * all.Count / count)];
    }

    private static bool Passes(Device d, string operation)
    {
        try
        {
            var results = SelfTest.Run(d, name => name == operation).ToList();
            return Assert.Single(results).Passed;
        }
        catch (Exception e) when (e is XunitException or PtxSyntaxException)
        {
            return false;
        }
    }
}
