using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Ptx;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// The softmax of a warp's queries, key by key. Weights are 2^(s scale + below): below is what brings the largest score that a row had when
/// it was last looked for to 0. A row is 8 r + lane / 4 of the warp's; four lanes have its keys, and sums of their own.
/// </summary>
internal static class StreamingSoftmax
{
    /// <summary>
    /// What the weights of a lane's row may come to in a stage before the largest score is looked for again: scores may grow by 12 powers
    /// of two unnoticed, and no weight leaves binary16, which goes to 65504.
    /// </summary>
    public const float MostWeight = 4096;

    /// <summary>Makes weights of the scores of 32 keys, left operands of 16 keys each, and adds to the sums of the stage.</summary>
    public static void Weigh<TCore, TTile>(
        ArrayView<Fragment> weights, ArrayView<float> sums, ArrayView<Sums> s, ArrayView<float> below, float scale, int half)
        where TCore : struct, IStreamingCore
        where TTile : struct, IStreamingTile
    {
        for (int i = 0; i < TTile.Blocks; i++)
        {
            for (int k = 2 * half; k < (2 * half) + 2; k++)
            {
                float low = below[2 * i], high = below[(2 * i) + 1];
                Sums a = Weights(s[(i * TTile.KeyBlocks) + (2 * k)], scale, low, high),
                    b = Weights(s[(i * TTile.KeyBlocks) + (2 * k) + 1], scale, low, high);
                sums[2 * i] += a.A + a.B + (b.A + b.B);
                sums[(2 * i) + 1] += a.C + a.D + (b.C + b.D);
                weights[(i * TTile.KeyBlocks / 2) + k] = new Fragment
                {
                    A = TCore.Pack(a.A, a.B),
                    B = TCore.Pack(a.C, a.D),
                    C = TCore.Pack(b.A, b.B),
                    D = TCore.Pack(b.C, b.D),
                };
            }
        }
    }

    /// <summary>True for the whole warp if the weights of a stage have become too large for one of its rows.</summary>
    public static bool IsExceeded<TTile>(ArrayView<float> sums)
        where TTile : struct, IStreamingTile
    {
        float most = sums[0];
        for (int r = 1; r < 2 * TTile.Blocks; r++) most = IntrinsicMath.Max(most, sums[r]);
        return T.Any(most > MostWeight);
    }

    /// <summary>Looks for the largest scores, and brings what was summed up before to them.</summary>
    public static void Rescale<TTile>(ArrayView<Sums> o, ArrayView<float> totals, ArrayView<float> below, ArrayView<Sums> s, float scale)
        where TTile : struct, IStreamingTile
    {
        for (int i = 0; i < TTile.Blocks; i++)
        {
            float low = StreamingScores.Unseen, high = StreamingScores.Unseen;
            for (int j = 0; j < TTile.KeyBlocks; j++)
            {
                var x = s[(i * TTile.KeyBlocks) + j];
                low = IntrinsicMath.Max(low, IntrinsicMath.Max(x.A, x.B));
                high = IntrinsicMath.Max(high, IntrinsicMath.Max(x.C, x.D));
            }

            low = Lower(below, totals, 2 * i, low, scale);
            high = Lower(below, totals, (2 * i) + 1, high, scale);
            for (int j = 0; j < TTile.Pitch; j++)
            {
                var x = o[(i * TTile.Pitch) + j];
                x.A *= low;
                x.B *= low;
                x.C *= high;
                x.D *= high;
                o[(i * TTile.Pitch) + j] = x;
            }
        }
    }

    // Returns what the sums so far are multiplied by.
    private static float Lower(ArrayView<float> below, ArrayView<float> totals, int row, float largest, float scale)
    {
        largest = IntrinsicMath.Max(largest, T.Other(largest, 1));
        largest = IntrinsicMath.Max(largest, T.Other(largest, 2));
        float before = below[row], now = IntrinsicMath.Min(before, -largest * scale), factor = PtxIntrinsics.Exp2(now - before);
        below[row] = now;
        totals[row] *= factor;
        return factor;
    }

    private static Sums Weights(Sums s, float scale, float low, float high) => new()
    {
        A = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(s.A, scale, low)),
        B = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(s.B, scale, low)),
        C = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(s.C, scale, high)),
        D = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(s.D, scale, high)),
    };
}
