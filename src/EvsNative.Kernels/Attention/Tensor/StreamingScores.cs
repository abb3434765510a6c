using EvsNative.Kernels.Compile;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>Scores of a warp's queries and the keys of a stage, not yet scaled: s[block of queries][block of 8 keys].</summary>
internal static class StreamingScores
{
    // Below every score, and still finite, so that differences are numbers.
    public const float Unseen = -3e38f;

    /// <summary>Computes those of 32 keys.</summary>
    /// <param name="s">all scores of the stage</param>
    /// <param name="q">the warp's queries</param>
    /// <param name="odd">their last chunk</param>
    /// <param name="stage">where the keys lie</param>
    /// <param name="keyPlaces">this lane's row of two chunks of 16 keys, see <see cref="IStreamingTile.ExchangedSteps"/></param>
    /// <param name="rowPlaces">this lane's row of a chunk of 32 keys or values</param>
    /// <param name="half">which 32; a constant</param>
    public static void Compute<TCore, TTile>(
        ArrayView<Sums> s, ArrayView<Fragment> q, ArrayView<Fragment> odd, uint stage, ArrayView<uint> keyPlaces, ArrayView<uint> rowPlaces,
        int half)
        where TCore : struct, IStreamingCore
        where TTile : struct, IStreamingTile
    {
        for (int i = 0; i < TTile.Blocks; i++)
            for (int j = 0; j < 4; j++) s[(i * TTile.KeyBlocks) + (4 * half) + j] = default;
        for (int k = 0; k < TTile.Steps; k++)
        {
            int chunk = k / TTile.ExchangedSteps * TTile.ExchangedSteps * 2;
            for (int j = 0; j < 2; j++)
            {
                uint place = stage + keyPlaces[k % TTile.ExchangedSteps];
                var b = T.LoadMatrix(place + (uint)((((2 * half) + j) * 16 * TTile.RowBytes) + (chunk * SharedRows.ChunkBytes)));
                for (int i = 0; i < TTile.Blocks; i++)
                {
                    int at = (i * TTile.KeyBlocks) + (4 * half) + (2 * j);
                    s[at] = TCore.Multiply(s[at], q[(i * TTile.Steps) + k], b.A, b.B);
                    s[at + 1] = TCore.Multiply(s[at + 1], q[(i * TTile.Steps) + k], b.C, b.D);
                }
            }
        }

        if (TTile.HasOddChunk)
        {
            var a = odd[0];
            var b = T.LoadMatrix(
                stage + rowPlaces[0] + (uint)((half * 32 * TTile.RowBytes) + ((TTile.Pitch - 1) * SharedRows.ChunkBytes)));
            for (int i = 0; i < TTile.Blocks; i++)
            {
                int at = (i * TTile.KeyBlocks) + (4 * half);
                uint low = i == 0 ? a.A : a.C, high = i == 0 ? a.B : a.D;
                s[at] = T.MultiplyHalf8(s[at], low, high, b.A);
                s[at + 1] = T.MultiplyHalf8(s[at + 1], low, high, b.B);
                s[at + 2] = T.MultiplyHalf8(s[at + 2], low, high, b.C);
                s[at + 3] = T.MultiplyHalf8(s[at + 3], low, high, b.D);
            }
        }
    }

    /// <summary>Takes keys out that do not exist.</summary>
    /// <param name="s">all scores of the stage</param>
    /// <param name="keys">how many there are</param>
    public static void Hide<TTile>(ArrayView<Sums> s, int keys)
        where TTile : struct, IStreamingTile
    {
        int limit = keys - ((Group.IdxX & 3) * 2);
        for (int j = 0; j < TTile.KeyBlocks; j++)
        {
            bool isFirst = 8 * j < limit, isSecond = (8 * j) + 1 < limit;
            for (int i = 0; i < TTile.Blocks; i++)
            {
                var x = s[(i * TTile.KeyBlocks) + j];
                x.A = isFirst ? x.A : Unseen;
                x.B = isSecond ? x.B : Unseen;
                x.C = isFirst ? x.C : Unseen;
                x.D = isSecond ? x.D : Unseen;
                s[(i * TTile.KeyBlocks) + j] = x;
            }
        }
    }
}
