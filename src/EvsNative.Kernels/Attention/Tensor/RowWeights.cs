using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Ptx;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>A softmax over all keys at once: scores in registers become weights there.</summary>
internal static class RowWeights
{
    // Below every score, and still finite, so that differences are numbers.
    private const float Unseen = -3e38f;

    // 1 twice: a column of ones sums up the weights of a row, for all lanes of its quad.
    private const uint Ones = 0x3c003c00;

    /// <summary>
    /// Weights of 16 queries, as left operands of 16 keys each. Their sums, as they are rounded, are told by their inverses.
    /// </summary>
    /// <param name="weights">a fragment for each block of queries and 16 keys</param>
    /// <param name="factors">one for rows g and one for rows g + 8 of each block of queries</param>
    /// <param name="s">scores, for each block of queries and 8 keys; they are used up</param>
    /// <param name="block">which block of queries</param>
    /// <param name="keyBlocks">blocks of 8 keys; a constant</param>
    /// <param name="partial">of these the last ones that need not be there; a constant</param>
    /// <param name="limit">keys, less twice the lane's place in its quad</param>
    /// <param name="scale">what scores are multiplied by for powers of two</param>
    public static void Of(
        ArrayView<Fragment> weights, ArrayView<float> factors, ArrayView<Sums> s, int block, int keyBlocks, int partial, int limit,
        float scale)
    {
        int first = block * keyBlocks;
        for (int j = keyBlocks - partial; j < keyBlocks; j++) s[first + j] = Seen(s[first + j], 8 * j < limit, (8 * j) + 1 < limit);
        float upper = Unseen, lower = Unseen;
        for (int j = 0; j < keyBlocks; j++)
        {
            var x = s[first + j];
            upper = IntrinsicMath.Max(upper, IntrinsicMath.Max(x.A, x.B));
            lower = IntrinsicMath.Max(lower, IntrinsicMath.Max(x.C, x.D));
        }

        upper = -scale * Largest(upper);
        lower = -scale * Largest(lower);
        Sums total = default;
        for (int j = 0; j < keyBlocks; j += 2)
        {
            Sums a = s[first + j], b = s[first + j + 1];
            Fragment w;
            w.A = T.Pack(Weight(a.A, scale, upper), Weight(a.B, scale, upper));
            w.B = T.Pack(Weight(a.C, scale, lower), Weight(a.D, scale, lower));
            w.C = T.Pack(Weight(b.A, scale, upper), Weight(b.B, scale, upper));
            w.D = T.Pack(Weight(b.C, scale, lower), Weight(b.D, scale, lower));
            weights[(first + j) / 2] = w;
            total = T.MultiplyHalf16(total, w, Ones, Ones);
        }

        factors[2 * block] = 1 / total.A;
        factors[(2 * block) + 1] = 1 / total.C;
    }

    private static Sums Seen(Sums x, bool isFirst, bool isSecond) => new()
    {
        A = isFirst ? x.A : Unseen,
        B = isSecond ? x.B : Unseen,
        C = isFirst ? x.C : Unseen,
        D = isSecond ? x.D : Unseen,
    };

    private static float Weight(float score, float scale, float shift) => PtxIntrinsics.Exp2(PtxIntrinsics.Fma(score, scale, shift));

    // Of a row, which the four lanes of a quad share.
    private static float Largest(float x)
    {
        x = IntrinsicMath.Max(x, T.Other(x, 1));
        return IntrinsicMath.Max(x, T.Other(x, 2));
    }
}
