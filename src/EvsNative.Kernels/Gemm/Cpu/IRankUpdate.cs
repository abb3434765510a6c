namespace EvsNative.Kernels.Gemm;

/// <summary>A <see cref="RankUpdateCpu{TSimd, TVector}"/> of whatever vectors.</summary>
internal unsafe interface IRankUpdate : IDisposable
{
    /// <summary>y += sum of scale up down.</summary>
    /// <param name="y">[rows, columns]</param>
    /// <param name="rows">rows of y</param>
    /// <param name="columns">columns of y</param>
    /// <param name="terms">the products</param>
    void Add(float* y, int rows, int columns, ReadOnlySpan<RankPointers> terms);
}
