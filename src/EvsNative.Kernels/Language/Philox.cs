namespace EvsNative.Kernels;

/// <summary>
/// Philox 4x32 with ten rounds: a counter and a key give four random words (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
/// easy as 1, 2, 3", 2011).
/// </summary>
internal static class Philox
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;

    // The key grows by the golden ratio and by sqrt 3 - 1, as 32-bit fractions.
    private const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    public static (uint W0, uint W1, uint W2, uint W3) Words(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        ulong key0 = k0, key1 = k1;
        for (int round = 0; round < Rounds; round++)
        {
            var (high0, low0) = Product(Multiplier0, c0);
            var (high1, low1) = Product(Multiplier1, c2);
            (c0, c1, c2, c3) = (high1 ^ c1 ^ (uint)key0, low1, high0 ^ c3 ^ (uint)key1, low0);
            key0 += Weyl0;
            key1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>
    /// Both halves of a product with an odd number. Nothing reaches 63 bits: this runs in kernels too, and OpenCL code of ILGPU adds and
    /// multiplies as signed numbers.
    /// </summary>
    private static (uint High, uint Low) Product(uint odd, uint b)
    {
        ulong half = ((ulong)(odd >> 1) * b) + (b >> 1);
        return ((uint)(half >> 31), ((uint)half << 1) | (b & 1));
    }
}
