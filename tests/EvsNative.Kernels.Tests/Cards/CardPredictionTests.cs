using EvsNative.Kernels.Cards;
using EvsNative.Kernels.Decorators;

namespace EvsNative.Kernels.Tests.Cards;

/// <summary>What a call is predicted to take, by hand.</summary>
public sealed class CardPredictionTests
{
    private const string Fast = "ProductTensor<Wide>", Slow = "ProductPortable<Large>";
    private const long Much = 1_000_000_000_000, Little = 1000;

    private static readonly GpuCard Card = GpuCards.H100;

    public static TheoryData<string> Words => [.. GpuCards.All.Select(card => card.Word)];

    [Theory]
    [InlineData(Fast, ElementType.Float16, 430e12, 48)]
    [InlineData(Fast, ElementType.Float32, 200e12, 48)]
    [InlineData(Slow, ElementType.Float16, 44e12, 32)]
    public void A_product_takes_its_sums_and_the_filling_of_tiles(string kernel, ElementType type, double rate, double lost)
    {
        var time = CardPrediction.Of(Card, Call(WorkKind.Product, 320, type, Much, Little, kernel));
        Assert.Equal(Much / rate * (1 + (lost / 320)), time.Products, 1e-12);
        Assert.Equal(time.Products, time.Seconds);
    }

    [Fact]
    public void What_moves_more_than_it_sums_takes_as_long_as_moving()
    {
        foreach (var kind in (WorkKind[])[WorkKind.Product, WorkKind.Attention])
            Assert.Equal(Much / 2.7e12, CardPrediction.Of(Card, Call(kind, 40, ElementType.Float16, Little, Much, Fast)).Seconds, 1e-12);
    }

    [Theory]
    [InlineData(40, 220e12)]
    [InlineData(80, 270e12)]
    [InlineData(160, 270e12)]
    [InlineData(512, 180e12)]
    public void Attention_goes_by_the_channels_of_a_head(int channels, double rate)
    {
        var time = CardPrediction.Of(Card, Call(WorkKind.Attention, channels, ElementType.Float16, Much, Little, "AttentionTensor"));
        Assert.Equal(Much / rate, time.Attention, 1e-12);
        // 593 TFLOP/s is what exponentials allow at 40 channels.
        Assert.Equal(Math.Max(Much / 989.4e12, Much / (4.0 * channels) / (16 * 132 * 1.755e9)), time.Floor, 1e-12);
    }

    [Fact]
    public void A_norm_reads_its_input_twice_and_its_floor_once()
    {
        var call = new CountedCall("GroupNorm", new CallWork(WorkKind.Memory, BytesAgain: Much / 2), 0, Much, 3, "GroupNormPortable");
        var time = CardPrediction.Of(Card, call);
        Assert.Equal(1.5 * Much / 2.5e12, time.Memory, 1e-12);
        Assert.Equal(Much / 3.35e12, time.Floor, 1e-12);
        Assert.Equal(3 * Card.Portable.Gap, time.Gaps, 1e-12);
    }

    [Fact]
    public void Calls_are_summed_as_often_as_they_were_made()
    {
        CountedCall a = Call(WorkKind.Product, 320, ElementType.Float16, Much, Little, Fast),
            b = Call(WorkKind.Attention, 40, ElementType.Float16, Much, Little, Fast);
        CardPrediction one = CardPrediction.Of(Card, a), other = CardPrediction.Of(Card, b),
            all = CardPrediction.Of(Card, new Dictionary<CountedCall, long> { [a] = 3, [b] = 2 });
        Assert.Equal((3 * one.Seconds) + (2 * other.Seconds), all.Seconds, 1e-12);
        Assert.Equal((3 * one.Floor) + (2 * other.Floor), all.Floor, 1e-12);
    }

    /// <summary>An expectation beyond the hardware would be no expectation.</summary>
    [Theory]
    [MemberData(nameof(Words))]
    public void No_rate_is_above_its_limit(string word)
    {
        var card = GpuCards.All.Single(card => card.Word == word);
        var limits = card.Limits;
        Assert.Equal(card.Caps.Multiprocessors, limits.Multiprocessors);
        Assert.True(limits.HalfMmaFlops <= limits.HalfFlops && limits.Tf32MmaFlops <= limits.Tf32Flops);
        Assert.True(limits.CopyBytes < limits.MemoryBytes);
        Assert.True(card.Tensor.HalfProduct < limits.HalfMmaFlops && card.Tensor.FloatProduct < limits.Tf32MmaFlops);
        Assert.True(card.Portable.HalfProduct < limits.FloatFlops && card.Portable.Heads.To96 < limits.FloatFlops);
        foreach (int head in (int[])[40, 80, 160, 512])
        {
            Assert.True(card.Tensor.Heads.Of(head, ElementType.Float16) < Math.Min(limits.HalfMmaFlops, 4.0 * head * limits.Exponentials));
            Assert.True(card.Tensor.Heads.Of(head, ElementType.Float32) < limits.Tf32MmaFlops);
        }

        foreach (var rates in (KernelRates[])[card.Portable, card.Tensor])
            Assert.True(rates.NarrowBytes <= limits.CopyBytes && rates.WideBytes <= limits.CopyBytes && rates.Gap > 0);
        // Norms are one set of kernels.
        Assert.Equal(card.Portable.NarrowBytes, card.Tensor.NarrowBytes);
    }

    private static CountedCall Call(WorkKind kind, int depth, ElementType type, long flops, long bytes, string kernel) =>
        new("", new CallWork(kind, depth, type), flops, bytes, 0, kernel);
}
