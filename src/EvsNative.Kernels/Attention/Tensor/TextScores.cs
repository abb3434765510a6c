using EvsNative.Kernels.Compile;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>The scores of a warp of the text kernel: s[block of 16 queries][block of 8 keys].</summary>
internal static class TextScores
{
    /// <summary>Scores over the blocks of channels.</summary>
    public static void Score<THead, TKeys>(ArrayView<Sums> s, ArrayView<Fragment> q, uint keys)
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        for (int i = 0; i < TextTile<THead, TKeys>.Tiles * TextTile<THead, TKeys>.KeyBlocks; i++) s[i] = default;
        for (int step = 0; step < 2 * THead.Blocks; step++)
        {
            for (int j = 0; j < TextTile<THead, TKeys>.KeyBlocks; j += 2)
            {
                var k = T.LoadMatrix(keys + (uint)((8 * j * TextTile<THead, TKeys>.RowBytes) + (32 * step)));
                for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
                {
                    var a = q[(2 * i * THead.Blocks) + step];
                    int at = (i * TextTile<THead, TKeys>.KeyBlocks) + j;
                    s[at] = T.MultiplyHalf16(s[at], a, k.A, k.B);
                    s[at + 1] = T.MultiplyHalf16(s[at + 1], a, k.C, k.D);
                }
            }
        }
    }

    /// <summary>Adds those over the chunks that remain: the words of a quad's lanes are the upper row's, then the lower one's.</summary>
    public static void ScoreRest<THead, TKeys>(ArrayView<Sums> s, ArrayView<Fragment> words, uint keys, uint values, int head)
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        for (int j = 0; j < TextTile<THead, TKeys>.KeyBlocks; j += 2)
        {
            uint place = (uint)((8 * j * TextTile<THead, TKeys>.RowBytes) + (16 * TextTile<THead, TKeys>.RestChunk));
            if (THead.Rest == 2)
            {
                var k = T.LoadMatrix(keys + place);
                for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
                {
                    Fragment x = words[i], a;
                    (a.A, a.B, a.C, a.D) = (x.A, x.C, x.B, x.D);
                    int at = (i * TextTile<THead, TKeys>.KeyBlocks) + j;
                    s[at] = T.MultiplyHalf16(s[at], a, k.A, k.B);
                    s[at + 1] = T.MultiplyHalf16(s[at + 1], a, k.C, k.D);
                }
            }
            else
            {
                var k = T.LoadTwoMatrices(values + place);
                for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
                {
                    var x = words[i];
                    uint upper = head == 0 ? x.A : x.B, lower = head == 0 ? x.C : x.D;
                    int at = (i * TextTile<THead, TKeys>.KeyBlocks) + j;
                    s[at] = T.MultiplyHalf8(s[at], upper, lower, k.A);
                    s[at + 1] = T.MultiplyHalf8(s[at + 1], upper, lower, k.B);
                }
            }
        }
    }
}
