using System.Buffers;
using System.Runtime.Intrinsics;
using EvsNative.Kernels.Backends;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels;

/// <summary>A thin product: scale up down.</summary>
/// <param name="Up">[rows, Rank], row by row</param>
/// <param name="Down">[Rank, columns], row by row</param>
/// <param name="Rank">the axis that is summed over</param>
/// <param name="Scale">its factor</param>
public readonly record struct RankTerm(ReadOnlyMemory<float> Up, ReadOnlyMemory<float> Down, int Rank, float Scale);

/// <summary>
/// Adds thin products to a matrix in the host's memory, on the processor, whatever device computes otherwise. The same for any number of
/// threads, which start with the first call. Not for use from two threads at once.
/// </summary>
/// <param name="threads">threads; 0 takes as many as the process may use</param>
/// <param name="vectorBits">128, 256 or 512; 0 takes the widest vectors the processor has</param>
public sealed unsafe class RankUpdate(int threads = 0, int vectorBits = 0) : IDisposable
{
    private IRankUpdate? _update;

    /// <summary>y += the sum of the terms, which is made in float32 first.</summary>
    /// <param name="y">[rows, columns], row by row</param>
    /// <param name="columns">columns of y</param>
    /// <param name="terms">products of the size of y</param>
    public void Add(Span<float> y, int columns, params ReadOnlySpan<RankTerm> terms)
    {
        int rows = y.Length / columns;
        var pins = new MemoryHandle[2 * terms.Length];
        var pointers = new RankPointers[terms.Length];
        try
        {
            for (int t = 0; t < terms.Length; t++)
            {
                var term = terms[t];
                if (term.Up.Length != (long)rows * term.Rank || term.Down.Length != (long)columns * term.Rank)
                    throw new ArgumentException($"rank update: {term.Up.Length} and {term.Down.Length} numbers for [{rows},{columns}]");
                (pins[2 * t], pins[(2 * t) + 1]) = (term.Up.Pin(), term.Down.Pin());
                pointers[t] = new RankPointers((nint)pins[2 * t].Pointer, (nint)pins[(2 * t) + 1].Pointer, term.Rank, term.Scale);
            }

            _update ??= Start();
            fixed (float* pinned = y) _update.Add(pinned, rows, columns, pointers);
        }
        finally
        {
            foreach (var pin in pins) pin.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _update?.Dispose();
        _update = null;
    }

    private IRankUpdate Start()
    {
        var workers = new CpuWorkers(threads > 0 ? threads : Environment.ProcessorCount);
        return (vectorBits > 0 ? vectorBits : CpuWidth.Widest) switch
        {
            512 => new RankUpdateCpu<Simd512, Vector512<float>>(workers),
            256 => new RankUpdateCpu<Simd256, Vector256<float>>(workers),
            _ => new RankUpdateCpu<Simd128, Vector128<float>>(workers),
        };
    }
}
