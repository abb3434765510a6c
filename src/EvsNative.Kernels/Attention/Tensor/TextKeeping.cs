using EvsNative.Kernels.Compile;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>The keys and values of a group of the text kernel, from memory to where they stay.</summary>
internal static class TextKeeping
{
    /// <summary>Keys and values to shared memory, with the words of a block's chunks transposed. What is not there is zero.</summary>
    public static void Keep<THead, TKeys>(ulong keys, ulong values, TextArgs args)
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        // The number of rounds is no constant: written out they would take all registers.
        for (int at = Group.IdxX; at < args.SharedChunks; at += TextTile<THead, TKeys>.Threads)
        {
            int key = at / TextTile<THead, TKeys>.UnitChunks, chunk = at - (key * TextTile<THead, TKeys>.UnitChunks);
            bool isThere = key < args.Keys & (THead.Rest > 0 | chunk < args.Chunks);
            ulong offset = (ulong)(((long)key * args.RowBytes) + (chunk * SharedRows.ChunkBytes));
            Fragment k = T.LoadGlobalOrZero(keys + offset, isThere), v = T.LoadGlobalOrZero(values + offset, isThere);

            // The second of two heads begins with what remains.
            int head = THead.Heads == 2 & chunk >= TextTile<THead, TKeys>.Chunks ? 1 : 0;
            int own = chunk - TextTile<THead, TKeys>.FirstChunk(head);
            bool isRest = own < 0 | own >= TextTile<THead, TKeys>.RestChunk;
            int place = isRest ? (THead.Rest == 2 ? own : TextTile<THead, TKeys>.RestChunk) * 16 : ((own & ~3) * 16) + ((own & 3) * 4);
            uint step = isRest ? 4u : 16u;
            int row = (head * 2 * TextTile<THead, TKeys>.KeyBytes) + (key * TextTile<THead, TKeys>.RowBytes);
            uint to = T.SharedBase() + (uint)(row + place);
            StoreWords(to, step, k);
            StoreWords(to + (uint)TextTile<THead, TKeys>.KeyBytes, step, v);
        }
    }

    private static void StoreWords(uint to, uint step, Fragment x)
    {
        T.StoreShared(to, x.A);
        T.StoreShared(to + step, x.B);
        T.StoreShared(to + (2 * step), x.C);
        T.StoreShared(to + (3 * step), x.D);
    }
}
