using System.Numerics;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Standard normal numbers by Box and Muller in integers alone, so that every processor, compiler and GPU gives the same bits: nothing is
/// left to a library's logarithm or sine, and no product and sum can be fused. A number of n fraction bits is an integer that stands for
/// itself times 2^-n.
/// <code>
/// counter    elements 4 b .. 4 b + 3 of an image come from (b, frame, draw, 0) under the seed as key; what frames share from
///            (b, 0, draw, 1)
/// mapping    u = (w + 1/2) 2^-32 of words 0 and 2, turns of the upper 24 bits of words 1 and 3: sqrt(-2 ln u) times cosine, then sine
/// error      below 2e-8 before the one rounding to float32
/// </code>
/// No intermediate leaves 63 bits and a sign: OpenCL code of ILGPU adds and multiplies as signed, where overflow is undefined. Polynomials
/// meet their functions at Chebyshev's nodes and have 31 fraction bits.
/// </summary>
internal static class Gaussian
{
    /// <summary>Fraction bits of the weights of what frames have and share.</summary>
    private const int WeightBits = 30;

    /// <summary>Fraction bits of a normal number: at most 6.77, it fits 32 bits.</summary>
    private const int NormalBits = 28;

    // sqrt 2 - 1 with 30 fraction bits, 2 ln 2 with 56.
    private const long Root2Less1 = 444758426, TwiceLogarithm2 = 99893036290645747;

    private const int QuarterTurn = 1 << 22;

    /// <summary>The square root of a share of the variance as a weight; on the host only.</summary>
    public static long Weight(double share) => (long)Math.Round(Math.Sqrt(share) * (1L << WeightBits));

    /// <summary>Four normal numbers.</summary>
    /// <param name="seed">of the tensor's key</param>
    /// <param name="draw">of the tensor's key</param>
    /// <param name="block">b above</param>
    /// <param name="frame">number of the frame in the clip; 0 for what frames share</param>
    /// <param name="isShared">0 or 1</param>
    public static Normals Four((uint Low, uint High) seed, uint draw, int block, int frame, uint isShared)
    {
        var words = Philox.Words((uint)block, (uint)frame, draw, isShared, seed.Low, seed.High);
        var (a, b) = Pair(words.W0, words.W1);
        var (c, d) = Pair(words.W2, words.W3);
        return new Normals { A = a, B = b, C = c, D = d };
    }

    /// <summary>The bits of the float32 that is nearest to the weighted sum; of two the even one.</summary>
    public static uint Mix(long ownWeight, int own, long sharedWeight, int shared)
    {
        long sum = (ownWeight * own) + (sharedWeight * shared), sign = sum >> 63, size = (sum ^ sign) - sign;
        if (size == 0) return 0;

        // 62 bits of which the first is set; 24 of them are kept.
        const int Dropped = 38;
        int shift = BitOperations.LeadingZeroCount((ulong)size) - 2;
        size <<= shift;
        long rounded = (size + (1L << (Dropped - 1)) - 1 + ((size >> Dropped) & 1)) >> Dropped;

        // A number that rounds up to the next power of two carries into the exponent.
        const int Bias = 127, Leading = 61;
        long bits = ((long)(Bias + Leading - shift - WeightBits - NormalBits - 1) << 23) + rounded;
        return (uint)bits | ((uint)sign & 0x80000000);
    }

    /// <summary>Two normal numbers from two words.</summary>
    internal static (int Cosine, int Sine) Pair(uint radiusWord, uint angleWord)
    {
        long radius = Root(MinusTwiceLogarithm(radiusWord));
        int turn = (int)(angleWord >> 8), quarter = turn / QuarterTurn, within = turn - (quarter * QuarterTurn);
        long rising = (radius * Sine(within)) >> 31, falling = (radius * Sine(QuarterTurn - within)) >> 31;

        // They change places in odd quarters. A branch would be guessed wrong half of the time.
        long swapped = (rising ^ falling) & -(long)(quarter & 1);
        return ((int)Signed(falling ^ swapped, (quarter + 1) >> 1), (int)Signed(rising ^ swapped, quarter >> 1));
    }

    /// <summary>The negative of a number if the last bit of another is set.</summary>
    private static long Signed(long value, int isNegative)
    {
        long mask = -(long)(isNegative & 1);
        return (value ^ mask) - mask;
    }

    /// <summary>
    /// -2 ln u with 56 fraction bits: u is a power of two times 1 - x, x at most 1/2, and -ln (1 - x) is x p(x), good where the radius is
    /// small too.
    /// </summary>
    private static long MinusTwiceLogarithm(uint word)
    {
        // u has 33 fraction bits, and so has the rest, exactly.
        long u = (2L * word) + 1;
        int halvings = BitOperations.LeadingZeroCount((ulong)u) - 31;
        long rest = (1L << 33) - (u << halvings), x = rest >> 2;
        long y = Times(x, x);
        long even = 447906294 + Times(1211914141 + Times(6822722692 + Times(4632833579, y), y), y);
        long odd = 535687090 + Times(193010083 + Times(-2841889611 + Times(-7768311094, y), y), y);
        even = 2147483650 + Times(715866532 + Times(even, y), y);
        long p = even + Times(1073741337 + Times(odd, y), x);
        return (halvings * TwiceLogarithm2) + ((rest * (p >> 1)) >> 6);
    }

    /// <summary>The square root of a number of 56 fraction bits, with 28: by a polynomial within 1 .. 2.</summary>
    private static long Root(long square)
    {
        int exponent = 63 - BitOperations.LeadingZeroCount((ulong)square);
        long x = ((square << (61 - exponent)) >> 30) - (1L << 31);
        long y = Times(x, x);
        long even = -83003703 + Times(-34435978 + Times(-5801207, y), y);
        long odd = 134090278 + Times(55089079 + Times(17339961 + Times(922767, y), y), y);
        even = 2147483650 + Times(-268425881 + Times(even, y), y);
        long p = even + Times(1073741540 + Times(odd, y), x);
        p = (p * ((1L << 30) + ((exponent & 1) * Root2Less1))) >> 30;
        return p >> (31 - (exponent >> 1));
    }

    /// <summary>The sine of 0 to a quarter of a turn, in 2^-24 of a turn, with 31 fraction bits.</summary>
    private static long Sine(int part)
    {
        long z = ((long)part * part) >> 13;
        long p = -10053783 + Times(344145 + Times(-7370, z), z);
        p = -1387197332 + Times(171138564 + Times(p, z), z);
        return (part * (3373259427 + Times(p, z))) >> 22;
    }

    private static long Times(long a, long b) => (a * b) >> 31;
}

/// <summary>Four normal numbers of 28 fraction bits.</summary>
internal struct Normals
{
    public int A, B, C, D;
}
