using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>A launch of the text kernel.</summary>
internal struct TextArgs
{
    /// <summary>Tensors of binary16. Recorded queries are read where queries are blended.</summary>
    public Operand Y, Q, Inverted, K, V;

    /// <summary>Weight of recorded queries; what scores are multiplied by for powers of two.</summary>
    public float Gamma, Scale;

    /// <summary>Tokens of a sequence; bytes from one to the next.</summary>
    public int Queries, Keys, RowBytes;

    /// <summary>16-byte chunks of a head; blocks of 32 channels of a head; heads of a unit.</summary>
    public int Chunks, Blocks, Heads;

    /// <summary>Groups along the heads and along the queries; times that a group's warps take queries.</summary>
    public int Units, Parts, Rounds;

    /// <summary>1 where all sequences have the same keys.</summary>
    public int SharesKeys;

    /// <summary>Chunks of the keys in shared memory.</summary>
    public int SharedChunks;
}
