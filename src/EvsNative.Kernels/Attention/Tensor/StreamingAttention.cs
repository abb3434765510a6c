using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention of long sequences on tensor cores, with a streaming softmax; no score matrix exists in memory.
/// <code>
/// groups  64 or 128 queries of one head of one sequence, all along x; a warp has 16 or 32 of them, in registers
/// stages  32 or 64 keys and values in shared memory, the next ones on their way; one barrier a stage
/// scores  s = q k^T, sums in registers; weights 2^(s scale - m) become left operands as they lie
/// result  o = o + weights v, sums in registers
/// m       the largest score of a row when it was last looked for: in the first stage, in one whose keys are not all there, and whenever
///         the sums of weights say that scores have grown by far. All other stages neither look for maxima nor scale o: the sum is needed
///         anyway, and larger weights are as exact as small ones
/// reads   q once, k and v once for each tile of queries; writes y once
/// floor   4 N_q N_k C multiply-adds on tensor cores, N_q N_k exponentials a head, which take as long where a head has 40 channels
/// </code>
/// </summary>
internal static class StreamingAttention
{
    public static void Kernel<TCore, TQueries, TTile>(StreamingArgs args)
        where TCore : struct, IStreamingCore
        where TQueries : struct, IStreamingQueries
        where TTile : struct, IStreamingTile
    {
        SharedMemory.GetDynamic<Fragment>();
        var q = LocalMemory.Allocate<Fragment>(TTile.Blocks * IntrinsicMath.Max(TTile.Steps, 1));
        var odd = LocalMemory.Allocate<Fragment>(1);
        var s = LocalMemory.Allocate<Sums>(TTile.Blocks * TTile.KeyBlocks);
        var weights = LocalMemory.Allocate<Fragment>(TTile.Blocks * TTile.KeyBlocks / 2);
        var o = LocalMemory.Allocate<Sums>(TTile.Blocks * TTile.Pitch);
        var below = LocalMemory.Allocate<float>(2 * TTile.Blocks);
        var totals = LocalMemory.Allocate<float>(2 * TTile.Blocks);
        var sums = LocalMemory.Allocate<float>(2 * TTile.Blocks);
        var from = LocalMemory.Allocate<int>(TTile.Copies + 1);
        var to = LocalMemory.Allocate<uint>(TTile.Copies + 1);
        var keyPlaces = LocalMemory.Allocate<uint>(TTile.ExchangedSteps);
        var rowPlaces = LocalMemory.Allocate<uint>(TTile.Exchanged);

        // Where the group works. Two stages, of which one is filled while the other is read.
        int group = Grid.IdxX, first = group % args.Parts * TTile.Queries;
        group /= args.Parts;
        int head = group % args.Heads, sequence = group / args.Heads, rows = args.Queries - first;
        long step = args.Step, within = (long)head * args.Chunks * SharedRows.ChunkBytes;
        long queries = ((((long)sequence * args.Queries) + first) * step) + within;
        long firstKey = (args.SharesKeys != 0 ? 0 : (long)sequence * args.Keys * step) + within;
        ulong keys = Place(args.K, firstKey), values = Place(args.V, firstKey), stageStep = (ulong)(TTile.Keys * step);
        uint shared = T.SharedBase(), now = shared, other = shared + (uint)TTile.StageBytes, both = now + other;

        StreamingQueries.Copy<TCore, TQueries, TTile>(other, Place(args.Q, queries), Place(args.Inverted, queries), args, rows);
        StreamingStages.Prepare<TTile>(from, to, args);
        StreamingStages.Copy<TCore, TTile>(now, keys, values, IntrinsicMath.Min(args.Keys, TTile.Keys) * args.Step, from, to);
        for (int i = 0; i < TTile.Blocks * TTile.Pitch; i++) o[i] = default;
        for (int r = 0; r < 2 * TTile.Blocks; r++)
        {
            below[r] = -StreamingScores.Unseen;
            totals[r] = 0;
        }

        // Lanes give the addresses of rows of matrices, eight each.
        int lane = Group.IdxX & 31, keyRow = ((lane >> 4) * 8) + (lane & 7), keyChunk = (lane >> 3) & 1;
        for (int k = 0; k < TTile.ExchangedSteps; k++)
            keyPlaces[k] = T.Pinned((uint)SharedRows.Place(TTile.Pitch, keyRow, (2 * k) + keyChunk));
        for (int c = 0; c < TTile.Exchanged; c++) rowPlaces[c] = T.Pinned((uint)SharedRows.Place(TTile.Pitch, lane, c));

        TCore.Wait();
        Threads.Wait();
        StreamingQueries.Read<TTile>(q, odd, other);
        for (int key = 0; key < args.Keys; key += TTile.Keys)
        {
            // The stage has come, and nobody reads the one before it any more.
            TCore.Wait();
            Threads.Wait();
            int left = args.Keys - key;
            keys += stageStep;
            values += stageStep;
            if (left > TTile.Keys)
            {
                int limit = IntrinsicMath.Min(left - TTile.Keys, TTile.Keys) * args.Step;
                StreamingStages.Copy<TCore, TTile>(both - now, keys, values, limit, from, to);
            }

            bool isExact = key == 0 | left < TTile.Keys;
            if (!isExact)
            {
                for (int r = 0; r < 2 * TTile.Blocks; r++) sums[r] = 0;
                for (int half = 0; half < TTile.KeyHalves; half++)
                {
                    StreamingScores.Compute<TCore, TTile>(s, q, odd, now, keyPlaces, rowPlaces, half);
                    StreamingSoftmax.Weigh<TCore, TTile>(weights, sums, s, below, args.Scale, half);
                }

                isExact = StreamingSoftmax.IsExceeded<TTile>(sums);
            }

            if (isExact)
            {
                for (int half = 0; half < TTile.KeyHalves; half++)
                    StreamingScores.Compute<TCore, TTile>(s, q, odd, now, keyPlaces, rowPlaces, half);
                StreamingScores.Hide<TTile>(s, left);
                StreamingSoftmax.Rescale<TTile>(o, totals, below, s, args.Scale);
                for (int r = 0; r < 2 * TTile.Blocks; r++) sums[r] = 0;
                for (int half = 0; half < TTile.KeyHalves; half++)
                    StreamingSoftmax.Weigh<TCore, TTile>(weights, sums, s, below, args.Scale, half);
            }

            for (int r = 0; r < 2 * TTile.Blocks; r++) totals[r] += sums[r];
            StreamingResult.Add<TCore, TTile>(o, weights, now + (uint)TTile.KeyBytes, rowPlaces);
            now = both - now;
        }

        Threads.Wait();
        StreamingResult.Write<TCore, TTile>(Place(args.Y, queries), o, totals, shared, args, rows);
    }

    private static ulong Place(Operand x, long offset) => T.GlobalAddress(ref x.Memory[0]) + (ulong)((x.Offset * 2) + offset);
}
