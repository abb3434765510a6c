using EvsNative.Kernels.Compile;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>The result of a warp of the text kernel, straight to memory.</summary>
internal static class TextResult
{
    /// <summary>Four chunks of the result: a lane's sums are one of them.</summary>
    public static void Sum<THead, TKeys>(
        ulong y, ArrayView<Fragment> weights, ArrayView<float> factors, uint values, int block, int head, int row, TextArgs args)
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        var o = LocalMemory.Allocate<Sums>(4 * TextTile<THead, TKeys>.Tiles);
        for (int i = 0; i < 4 * TextTile<THead, TKeys>.Tiles; i++) o[i] = default;
        for (int step = 0; step < TKeys.Count / 16; step++)
        {
            for (int word = 0; word < 4; word += 2)
            {
                uint place = (uint)((16 * step * TextTile<THead, TKeys>.RowBytes) + (64 * block) + (16 * word));
                var v = T.LoadMatrixTransposed(values + (uint)TextTile<THead, TKeys>.KeyBytes + place);
                for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
                {
                    var w = weights[(i * TextTile<THead, TKeys>.KeyBlocks / 2) + step];
                    o[(4 * i) + word] = T.MultiplyHalf16(o[(4 * i) + word], w, v.A, v.B);
                    o[(4 * i) + word + 1] = T.MultiplyHalf16(o[(4 * i) + word + 1], w, v.C, v.D);
                }
            }
        }

        int quad = Group.IdxX & 3, chunk = TextTile<THead, TKeys>.FirstChunk(head) + (4 * block) + quad;
        bool isThere = THead.Rest > 0 | chunk < args.Chunks;
        for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
        {
            Sums a = o[4 * i], b = o[(4 * i) + 1], c = o[(4 * i) + 2], d = o[(4 * i) + 3];
            float upper = factors[2 * i], lower = factors[(2 * i) + 1];
            Fragment x;
            x.A = T.Pack(a.A * upper, a.B * upper);
            x.B = T.Pack(b.A * upper, b.B * upper);
            x.C = T.Pack(c.A * upper, c.B * upper);
            x.D = T.Pack(d.A * upper, d.B * upper);
            Store(y, row + (16 * i), chunk, isThere, x, args);
            x.A = T.Pack(a.C * lower, a.D * lower);
            x.B = T.Pack(b.C * lower, b.D * lower);
            x.C = T.Pack(c.C * lower, c.D * lower);
            x.D = T.Pack(d.C * lower, d.D * lower);
            Store(y, row + (16 * i) + 8, chunk, isThere, x, args);
        }
    }

    private static void Store(ulong y, int row, int chunk, bool isThere, Fragment x, TextArgs args)
    {
        if (row < args.Queries & isThere)
            T.StoreGlobal(y + ((ulong)row * (ulong)args.RowBytes) + (ulong)(chunk * SharedRows.ChunkBytes), x);
    }

    /// <summary>A word of each of the four chunks that 16 rows have beyond their blocks.</summary>
    public static void SumRest<THead, TKeys>(
        ArrayView<Fragment> words, ArrayView<Fragment> weights, ArrayView<float> factors, uint values, int head)
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        var o = LocalMemory.Allocate<Sums>(2 * TextTile<THead, TKeys>.Tiles);
        for (int i = 0; i < 2 * TextTile<THead, TKeys>.Tiles; i++) o[i] = default;
        for (int step = 0; step < TKeys.Count / 16; step++)
        {
            uint place = values + (uint)(TextTile<THead, TKeys>.KeyBytes + (16 * step * TextTile<THead, TKeys>.RowBytes)
                + (16 * TextTile<THead, TKeys>.RestChunk));
            if (THead.Rest == 2)
            {
                var v = T.LoadMatrixTransposed(place);
                for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
                {
                    var w = weights[(i * TextTile<THead, TKeys>.KeyBlocks / 2) + step];
                    o[2 * i] = T.MultiplyHalf16(o[2 * i], w, v.A, v.B);
                    o[(2 * i) + 1] = T.MultiplyHalf16(o[(2 * i) + 1], w, v.C, v.D);
                }
            }
            else
            {
                var v = T.LoadTwoMatricesTransposed(place);
                for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
                    o[2 * i] = T.MultiplyHalf16(o[2 * i], weights[(i * TextTile<THead, TKeys>.KeyBlocks / 2) + step], v.A, v.B);
            }
        }

        for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
        {
            Sums a = o[2 * i], b = o[(2 * i) + 1];
            float upper = factors[2 * i], lower = factors[(2 * i) + 1];
            var x = words[i];
            uint first = T.Pack(a.A * upper, a.B * upper), second = T.Pack(a.C * lower, a.D * lower);
            if (THead.Rest == 2)
            {
                x.A = first;
                x.B = T.Pack(b.A * upper, b.B * upper);
                x.C = second;
                x.D = T.Pack(b.C * lower, b.D * lower);
            }
            else
            {
                x.A = head == 0 ? first : x.A;
                x.B = head == 0 ? x.B : first;
                x.C = head == 0 ? second : x.C;
                x.D = head == 0 ? x.D : second;
            }

            words[i] = x;
        }
    }

    /// <summary>Brings those words together and writes them.</summary>
    public static void StoreRest<THead, TKeys>(ulong y, ArrayView<Fragment> words, int row, TextArgs args)
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        int chunk = TextTile<THead, TKeys>.RestChunk + (Group.IdxX & 1);
        for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
            Store(y, row + (16 * i) + ((Group.IdxX & 2) * 4), chunk, true, LaneWords.Transposed(words[i], Group.IdxX), args);
    }
}
