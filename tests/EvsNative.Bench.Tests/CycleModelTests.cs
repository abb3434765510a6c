using EvsNative.Kernels.Cards;

namespace EvsNative.Bench.Tests;

/// <summary>Rates from machine code: what a round costs, and that what is written covers all cards.</summary>
public sealed class CycleModelTests
{
    private static readonly MachineFact Product = new(
        "ProductTensor<Tile128x160>", 80, 128, 2, 240,
        new SortedDictionary<string, int> { ["Product"] = 80, ["FragmentLoad"] = 18, ["AsyncCopy"] = 9, ["Integer"] = 40 }, 108, 144, 1000);

    [Fact]
    public void Pipes_are_busy_for_what_all_warps_of_a_scheduler_do()
    {
        var model = new CycleModel(Product, GpuCards.A100);

        // Two groups of four warps on four schedulers; shared memory serves all of them, the second cache 144 bytes to each thread.
        Assert.Equal(2 * 80 * 8, model.Pipes[Pipe.Tensor]);
        Assert.Equal(2 * 147, model.Pipes[Pipe.Issue]);
        Assert.Equal(2 * 40 * 2, model.Pipes[Pipe.Integer]);
        Assert.Equal(8 * 108, model.Pipes[Pipe.Shared]);
        Assert.Equal(2 * 128 * 144 / GpuCards.A100.Limits.CacheBytesPerCycle, model.Pipes[Pipe.Cache], 1e-9);
        Assert.Equal(Pipe.Tensor, model.Busiest);
        Assert.InRange(model.Cycles, 1280, 1280 + (0.5 * (160 + 864 + 1229)));
    }

    /// <summary>No model may promise more than the hardware has, and more instructions never make it faster.</summary>
    [Fact]
    public void A_rate_stays_below_the_hardwares_and_falls_with_what_is_added()
    {
        foreach (var card in GpuCards.All)
        {
            var fact = Product with { Sm = card.Caps.Sm };
            double rate = new CycleModel(fact, card).Flops;
            Assert.InRange(rate, 0.3 * card.Limits.HalfMmaFlops, card.Limits.HalfMmaFlops);
            var more = new SortedDictionary<string, int>(fact.Round) { ["Integer"] = 400 };
            Assert.True(new CycleModel(fact with { Round = more }, card).Flops < rate, card.Word);
        }
    }

    [Fact]
    public void Facts_and_predictions_of_all_cards_are_written()
    {
        var facts = JsonLines.Read<MachineFact>(RepositoryFile.Find(MachineFact.Path));
        var predictions = JsonLines.Read<Predicted>(RepositoryFile.Find(ModelBench.Path));
        foreach (var card in GpuCards.All)
        {
            foreach (string kernel in (string[])["ProductTensor", "Head40", "Head80", "Head160"])
                Assert.Contains(facts, fact => fact.Sm == card.Caps.Sm && fact.Kernel.Contains(kernel, StringComparison.Ordinal));
            Assert.All(facts.Where(fact => fact.Sm == card.Caps.Sm), fact => Assert.InRange(
                new CycleModel(fact, card).Flops, 0, card.Limits.HalfMmaFlops));
            var lines = predictions.Where(line => line.Card == card.Word).ToList();
            Assert.Equal(LargeCases.All().Count() + 3, lines.Count);
            Assert.All(lines, line => Assert.InRange(line.FloorMilliseconds, 0, line.Milliseconds));
        }
    }
}
