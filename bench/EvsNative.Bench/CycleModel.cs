using EvsNative.Kernels.Cards;
using EvsNative.MachineCode;

namespace EvsNative.Bench;

/// <summary>
/// Cycles that a multiprocessor takes for one round of a kernel's main loop, all its groups together: those of the busiest pipe, and a
/// share of the others', which cannot always work beside it. The shares are guesses: products fetch what they need rounds ahead,
/// attention's exponentials wait for their own warp's products.
/// </summary>
/// <param name="fact">the kernel</param>
/// <param name="card">where it runs</param>
internal sealed class CycleModel(MachineFact fact, GpuCard card)
{
    private const double ProductShare = 0.15, AttentionShare = 0.5;

    // Before the first product of a tile: copies from memory, and the instructions around the loop, of which loops run a few times.
    private const double FirstCopies = 1200, TimesAround = 2;

    /// <summary>Warps of a scheduler.</summary>
    private double Warps => (double)fact.Groups * fact.Threads / PipeCosts.Warp / PipeCosts.Schedulers;

    /// <summary>Cycles of each pipe.</summary>
    public IReadOnlyDictionary<Pipe, double> Pipes
    {
        get
        {
            var pipes = new Dictionary<Pipe, double>
            {
                [Pipe.Issue] = Warps * fact.Round.Values.Sum(),
                [Pipe.Shared] = Warps * PipeCosts.Schedulers * fact.Wavefronts,
                [Pipe.Cache] = (double)fact.Groups * fact.Threads * fact.CopiedBytes / card.Limits.CacheBytesPerCycle,
            };
            foreach (var (kind, count) in fact.Round)
            {
                var (pipe, cycles) = PipeCosts.Of(Enum.Parse<MachineKind>(kind), fact.Sm);
                pipes[pipe] = pipes.GetValueOrDefault(pipe) + (Warps * count * cycles);
            }

            return pipes;
        }
    }

    /// <summary>The pipe that bounds it.</summary>
    public Pipe Busiest => Pipes.MaxBy(pipe => pipe.Value).Key;

    /// <summary>Cycles of a round of all groups of a multiprocessor.</summary>
    public double Cycles
    {
        get
        {
            double most = Pipes.Values.Max(), all = Pipes.Where(pipe => pipe.Key != Pipe.Issue).Sum(pipe => pipe.Value);
            return most + ((IsAttention ? AttentionShare : ProductShare) * Math.Max(all - most, 0));
        }
    }

    /// <summary>FLOP/s of the card while only main loops run.</summary>
    public double Flops => FlopsOfRound / Cycles * card.Limits.Multiprocessors * card.Limits.ClockHertz;

    /// <summary>
    /// Channels of a product whose time filling and finishing a tile takes; another group works meanwhile where there is one.
    /// </summary>
    public double LostDepth =>
        (FirstCopies + (TimesAround * fact.Around * Warps)) / (fact.Groups > 1 ? 2 : 1) / Cycles * ChannelsOfRound;

    private bool IsAttention => fact.Kernel.Contains("Attention", StringComparison.Ordinal);

    private int Products => fact.Round.GetValueOrDefault(nameof(MachineKind.Product));

    // A product of fragments is 16 x 8 x 16; a thread of attention has an exponential for each 32nd score, and a few for its rows.
    private double FlopsOfRound => fact.Groups * fact.Threads / PipeCosts.Warp * (IsAttention
        ? 4.0 * Head * PipeCosts.Warp * (fact.Round.GetValueOrDefault(nameof(MachineKind.Special)) / 8 * 8)
        : 2.0 * 16 * 8 * 16 * Products);

    private const int ChannelsOfRound = 32;

    /// <summary>Channels of a head of attention; 0 for products.</summary>
    public int Head => fact.Kernel.IndexOf("Head", StringComparison.Ordinal) is >= 0 and var at
        ? int.Parse(string.Concat(fact.Kernel[(at + 4)..].TakeWhile(char.IsAsciiDigit))) : 0;

    /// <summary>A card's rates with those of its kernels put in, where their machine code is known.</summary>
    public static GpuCard On(GpuCard card, IReadOnlyList<MachineFact> facts)
    {
        var models = facts.Where(fact => fact.Sm == card.Caps.Sm).Select(fact => new CycleModel(fact, card)).ToList();
        var product = models.Where(model => model.Head == 0).MaxBy(model => model.Flops);
        double Attention(int head, double otherwise) => models.Find(model => model.Head == head)?.Flops ?? otherwise;
        var rates = card.Tensor;
        var heads = rates.Heads;
        return card with
        {
            Tensor = rates with
            {
                HalfProduct = product?.Flops ?? rates.HalfProduct,
                LostDepth = product?.LostDepth ?? rates.LostDepth,
                Heads = heads with
                {
                    To48 = Attention(40, heads.To48),
                    To96 = Attention(80, heads.To96),
                    To200 = Attention(160, heads.To200),
                },
            },
        };
    }
}
