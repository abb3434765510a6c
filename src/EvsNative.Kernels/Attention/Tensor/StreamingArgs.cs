using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>Arguments of the streaming kernel. All tensors are binary16, each on a multiple of 16 bytes.</summary>
internal struct StreamingArgs
{
    public Operand Y, Q, Inverted, K, V;

    /// <summary>Weight of the recorded queries.</summary>
    public float Gamma;

    /// <summary>What scores are multiplied by before they become powers of two.</summary>
    public float Scale;

    /// <summary>Of a sequence.</summary>
    public int Queries, Keys;

    public int Heads;

    /// <summary>Groups along the queries of a sequence.</summary>
    public int Parts;

    /// <summary>Bytes from a token to the next.</summary>
    public int Step;

    /// <summary>Chunks of 16 bytes of a head.</summary>
    public int Chunks;

    /// <summary>1 where the keys and values of all sequences are the same.</summary>
    public int SharesKeys;
}
