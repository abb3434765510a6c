namespace EvsNative.Kernels.Cards;

/// <summary>What a card's hardware does at most, by its maker's data or by what others have measured; nothing is measured here.</summary>
public sealed record GpuLimits
{
    /// <summary>Exponentials and other special functions that a multiprocessor begins in a cycle: 4 of each scheduler.</summary>
    public const int ExponentialsPerCycle = 16;

    /// <summary>Cycles a second of the multiprocessors under load, which the other figures are for.</summary>
    public required double ClockHertz { get; init; }

    /// <summary>Multiprocessors.</summary>
    public required int Multiprocessors { get; init; }

    /// <summary>FLOP/s of binary16 with float32 sums by the fastest instruction that the card has.</summary>
    public required double HalfFlops { get; init; }

    /// <summary>The same by mma.sync.</summary>
    public required double HalfMmaFlops { get; init; }

    /// <summary>FLOP/s of tf32 by the fastest instruction.</summary>
    public required double Tf32Flops { get; init; }

    /// <summary>The same by mma.sync.</summary>
    public required double Tf32MmaFlops { get; init; }

    /// <summary>FLOP/s of float32 multiply-adds outside of tensor cores.</summary>
    public required double FloatFlops { get; init; }

    /// <summary>Bytes a second between the card's memory and its second-level cache.</summary>
    public required double MemoryBytes { get; init; }

    /// <summary>Bytes a second of a copy, read and written together.</summary>
    public required double CopyBytes { get; init; }

    /// <summary>Bytes of the second-level cache.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Bytes that the second-level cache gives to one multiprocessor in a cycle where all of them read.</summary>
    public required double CacheBytesPerCycle { get; init; }

    /// <summary>Exponentials a second.</summary>
    public double Exponentials => ExponentialsPerCycle * Multiprocessors * ClockHertz;

    /// <summary>FLOP/s of products of numbers stored like this, at most.</summary>
    public double Flops(ElementType type) => type == ElementType.Float16 ? HalfFlops : Tf32Flops;
}
