using EvsNative.PtxSim;
using Xunit.Sdk;

namespace EvsNative.Kernels.Tests.Cuda;

/// <summary>
/// Bugs put into the kernels that we ship, one at a time, all over their text. A lost barrier, a result in another place and a wrong group must always be
/// noticed, by the interpreter or by wrong numbers. Of the rest some change nothing (the square of a difference has no sign), so most must be.
/// </summary>
public sealed class KernelMutantTests(ITestOutputHelper output)
{
    private const int MostOfAKind = 16;
    private const double LeastShare = 0.5;

    /// <param name="operation">the self-test that runs</param>
    /// <param name="kernel">which of its kernels</param>
    /// <param name="idleBarriers">barriers behind which nobody reads what another has written: after a reduction's last sum, and where keys and
    /// channels are one tile, which nothing follows</param>
    [Theory]
    [InlineData("Conv2d, two inputs", "ProductPortable", 0)]
    [InlineData("LinearGeglu", "ProductPortable", 0)]
    [InlineData("Attention, causal", "AttentionPortable", 2)]
    [InlineData("Attention, frames", "AttentionPortable", 2)]
    [InlineData("GroupNorm, two inputs", "GroupNormPortable", 0)]
    [InlineData("LayerNorm, positions", "LayerNormPortable", 0)]
    [InlineData("Resize, bicubic", "ResizePortable", 0)]
    [InlineData("CountNonFinite", "PointwisePortable", 1)]
    public void Bugs_in_a_kernel_are_noticed(string operation, string kernel, int idleBarriers)
    {
        using var driver = new InterpretedCudaDriver();
        using var d = CudaTest.Device(driver);
        Assert.True(Passes(d, operation));
        driver.Limit = 10 * driver.MostExecuted;
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
                    else if (!isNoticed) survivors.Add(mutant.Description);
                }
            }
        }

        driver.Rewrite = text => text;
        Assert.True(Passes(d, operation));
        output.WriteLine($"{operation}: {noticed} of {others} others noticed");
        Assert.True(survivors.Count == 0, string.Join('\n', survivors));
        Assert.True(noticed >= LeastShare * others, $"{noticed} of {others} noticed");
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
