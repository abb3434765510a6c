using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

internal static class StreamingAttention
{
    // Below every score, and still finite, so that differences are numbers.
    private const float Unseen = -3e38f;

    // Weights against an outdated maximum may grow so far; binary16 goes to 65504.
    private const float MostWeight = 4096;

    // Beyond every limit, and on 16 bytes.
    private const int Nowhere = 0x7ffffff0;

    public static void Kernel<TQueries, THead>(StreamingArgs args)
        where TQueries : struct, IQueriesTensor
        where THead : struct, IAttentionHeadTensor
    {
        SharedMemory.GetDynamic<Fragment>();
        uint shared = T.SharedBase();
        var q = LocalMemory.Allocate<Fragment>(THead.Blocks * IntrinsicMath.Max(StreamingTile<THead>.Steps, 1));
        var odd = LocalMemory.Allocate<Fragment>(1);
        var s = LocalMemory.Allocate<Sums>(THead.Blocks * StreamingTile<THead>.KeyBlocks);
        var o = LocalMemory.Allocate<Sums>(THead.Blocks * StreamingTile<THead>.Pitch);
        var weights = LocalMemory.Allocate<Fragment>(THead.Blocks * StreamingTile<THead>.KeyBlocks / 2);
        var below = LocalMemory.Allocate<float>(2 * THead.Blocks);
        var total = LocalMemory.Allocate<float>(2 * THead.Blocks);
        var part = LocalMemory.Allocate<float>(2 * THead.Blocks);
        var from = LocalMemory.Allocate<int>(StreamingTile<THead>.MostCopies);
        var to = LocalMemory.Allocate<uint>(StreamingTile<THead>.MostCopies);
        var keyPlaces = LocalMemory.Allocate<uint>(StreamingTile<THead>.SwizzledSteps);
        var valuePlaces = LocalMemory.Allocate<uint>(StreamingTile<THead>.Swizzled);

        int thread = Group.IdxX, lane = thread & 31, warp = thread >> 5;
        int group = Grid.IdxX, first = group % args.Parts * StreamingTile<THead>.Queries;
        group /= args.Parts;
        int head = group % args.Heads, sequence = group / args.Heads, step = args.Step;
        long within = (long)head * args.HeadBytes, queries = ((((long)sequence * args.Queries) + first) * step) + within;
        long firstKey = ((args.SharesKeys != 0 ? 0 : (long)sequence * args.Keys) * step) + within;
        ulong keys = Place(args.K) + (ulong)firstKey, values = Place(args.V) + (ulong)firstKey;

        uint now = shared, later = shared + (uint)StreamingTile<THead>.StageBytes, both = now + later;
        for (int j = 0; j < StreamingTile<THead>.MostCopies; j++)
        {
            int at = thread + (j * StreamingTile<THead>.Threads), row = at / StreamingTile<THead>.Pitch, chunk = at - (row * StreamingTile<THead>.Pitch);
            from[j] = chunk < args.Chunks ? (row * step) + (chunk * SharedRows.ChunkBytes) : Nowhere;
            to[j] = (uint)SharedRows.Place(StreamingTile<THead>.Pitch, row, chunk);
        }

        LoadQueries<TQueries, THead>(args, later, queries, args.Queries - first);
        Fetch<THead>(from, to, now, keys, values, IntrinsicMath.Min(args.Keys, THead.Keys) * step);
        for (int i = 0; i < THead.Blocks * StreamingTile<THead>.Pitch; i++) o[i] = default;
        for (int r = 0; r < 2 * THead.Blocks; r++)
        {
            below[r] = -Unseen;
            total[r] = 0;
        }

        // A lane's row and chunk in the matrices that it gives the addresses of.
        int keyRow = ((lane >> 4) * 8) + (lane & 7);
        for (int m = 0; m < StreamingTile<THead>.SwizzledSteps; m++) keyPlaces[m] = T.Pinned((uint)SharedRows.Place(StreamingTile<THead>.Pitch, keyRow, (2 * m) + ((lane >> 3) & 1)));
        for (int m = 0; m < StreamingTile<THead>.Swizzled; m++) valuePlaces[m] = T.Pinned((uint)SharedRows.Place(StreamingTile<THead>.Pitch, lane, m));

        T.CommitCopies();
        T.WaitForCopies(0);
        Threads.Wait();
        for (int i = 0; i < THead.Blocks; i++)
        {
            int row = (warp * StreamingTile<THead>.WarpQueries) + (16 * i) + (lane & 15);
            for (int k = 0; k < StreamingTile<THead>.Steps; k++)
                q[(i * StreamingTile<THead>.Steps) + k] = T.LoadMatrix(later + (uint)SharedRows.Place(StreamingTile<THead>.Pitch, row, (2 * k) + (lane >> 4)));
        }

        // Of an odd chunk, both blocks at once.
        if (StreamingTile<THead>.OddSteps > 0)
        {
            int row = (warp * StreamingTile<THead>.WarpQueries) + (lane & (StreamingTile<THead>.WarpQueries - 1));
            odd[0] = T.LoadMatrix(later + (uint)SharedRows.Place(StreamingTile<THead>.Pitch, row, StreamingTile<THead>.Pitch - 1));
        }

        for (int key = 0; key < args.Keys; key += THead.Keys)
        {
            T.WaitForCopies(0);
            Threads.Wait();
            int left = args.Keys - key;
            if (left > THead.Keys)
            {
                keys += (ulong)(THead.Keys * step);
                values += (ulong)(THead.Keys * step);
                Fetch<THead>(from, to, both - now, keys, values, IntrinsicMath.Min(left - THead.Keys, THead.Keys) * step);
            }

            T.CommitCopies();

            // The first keys have no maximum yet, and behind the last ones some are hidden.
            bool isExact = key == 0 | left < THead.Keys;
            if (!isExact)
            {
                for (int r = 0; r < 2 * THead.Blocks; r++) part[r] = 0;
                for (int half = 0; half < THead.Keys / 32; half++)
                {
                    Score<THead>(s, q, odd, keyPlaces, valuePlaces, now, half);
                    Weigh<THead>(weights, part, s, below, args.Scale, half);
                }

                float most = part[0];
                for (int r = 1; r < 2 * THead.Blocks; r++) most = IntrinsicMath.Max(most, part[r]);
                isExact = T.Any(most > MostWeight);
            }

            if (isExact)
            {
                for (int half = 0; half < THead.Keys / 32; half++) Score<THead>(s, q, odd, keyPlaces, valuePlaces, now, half);
                Hide<THead>(s, left - ((lane & 3) * 2));
                Rescale<THead>(s, o, below, total, args.Scale);
                for (int r = 0; r < 2 * THead.Blocks; r++) part[r] = 0;
                for (int half = 0; half < THead.Keys / 32; half++) Weigh<THead>(weights, part, s, below, args.Scale, half);
            }

            for (int r = 0; r < 2 * THead.Blocks; r++) total[r] += part[r];
            Sum<THead>(o, weights, valuePlaces, now + (uint)StreamingTile<THead>.KeyBytes);
            now = both - now;
        }

        Threads.Wait();
        Store<THead>(args, o, total, shared, queries, args.Queries - first);
    }

    private static ulong Place(Operand x) => T.GlobalAddress(ref x.Memory[0]) + (ulong)(x.Offset * 2);

    private static void LoadQueries<TQueries, THead>(StreamingArgs args, uint to, long from, int rows)
        where TQueries : struct, IQueriesTensor
        where THead : struct, IAttentionHeadTensor
    {
        ulong own = Place(args.Q) + (ulong)from, inverted = Place(args.Inverted) + (ulong)from;
        for (int j = 0; j < StreamingTile<THead>.Queries * StreamingTile<THead>.Pitch / StreamingTile<THead>.Threads; j++)
        {
            int at = Group.IdxX + (j * StreamingTile<THead>.Threads), row = at / StreamingTile<THead>.Pitch, chunk = at - (row * StreamingTile<THead>.Pitch);
            uint place = (uint)SharedRows.Place(StreamingTile<THead>.Pitch, row, chunk);
            ulong offset = (ulong)(((long)row * args.Step) + (chunk * SharedRows.ChunkBytes));
            TQueries.Load(to + place, own + offset, inverted + offset, row < rows & chunk < args.Chunks, args.Gamma);
        }
    }

    private static void Fetch<THead>(ArrayView<int> from, ArrayView<uint> to, uint stage, ulong keys, ulong values, int limit)
        where THead : struct, IAttentionHeadTensor
    {
        for (int j = 0; j < StreamingTile<THead>.Copies; j++) FetchOne<THead>(to[j] + stage, keys, values, from[j], limit);
        if (StreamingTile<THead>.LastCopies > 0 && Group.IdxX < StreamingTile<THead>.LastCopies)
            FetchOne<THead>(to[StreamingTile<THead>.MostCopies - 1] + stage, keys, values, from[StreamingTile<THead>.MostCopies - 1], limit);
    }

    private static void FetchOne<THead>(uint to, ulong keys, ulong values, int from, int limit)
        where THead : struct, IAttentionHeadTensor
    {
        int bytes = from < limit ? SharedRows.ChunkBytes : 0;
        T.CopyAsync(to, keys + (uint)from, bytes);
        T.CopyAsync(to + (uint)StreamingTile<THead>.KeyBytes, values + (uint)from, bytes);
    }

    private static void Score<THead>(
        ArrayView<Sums> s, ArrayView<Fragment> q, ArrayView<Fragment> odd, ArrayView<uint> keyPlaces, ArrayView<uint> valuePlaces, uint stage, int half)
        where THead : struct, IAttentionHeadTensor
    {
        for (int i = 0; i < THead.Blocks; i++)
            for (int j = 0; j < 4; j++) s[(i * StreamingTile<THead>.KeyBlocks) + (4 * half) + j] = default;
        for (int k = 0; k < StreamingTile<THead>.Steps; k++)
        {
            for (int j = 0; j < 2; j++)
            {
                int swizzled = StreamingTile<THead>.SwizzledSteps;
                var b = T.LoadMatrix(stage + keyPlaces[k % swizzled] + (uint)(((2 * half) + j) * 16 * StreamingTile<THead>.RowBytes) + (uint)(k / swizzled * swizzled * 32));
                for (int i = 0; i < THead.Blocks; i++)
                {
                    int at = (i * StreamingTile<THead>.KeyBlocks) + (4 * half) + (2 * j);
                    s[at] = T.MultiplyHalf16(s[at], q[(i * StreamingTile<THead>.Steps) + k], b.A, b.B);
                    s[at + 1] = T.MultiplyHalf16(s[at + 1], q[(i * StreamingTile<THead>.Steps) + k], b.C, b.D);
                }
            }
        }

        if (StreamingTile<THead>.OddSteps > 0)
        {
            var b = T.LoadMatrix(stage + valuePlaces[0] + (uint)((32 * half * StreamingTile<THead>.RowBytes) + ((StreamingTile<THead>.Pitch - 1) * SharedRows.ChunkBytes)));
            var a = odd[0];
            for (int i = 0; i < THead.Blocks; i++)
            {
                int at = (i * StreamingTile<THead>.KeyBlocks) + (4 * half);
                uint a0 = i == 0 ? a.A : a.C, a1 = i == 0 ? a.B : a.D;
                s[at] = T.MultiplyHalf8(s[at], a0, a1, b.A);
                s[at + 1] = T.MultiplyHalf8(s[at + 1], a0, a1, b.B);
                s[at + 2] = T.MultiplyHalf8(s[at + 2], a0, a1, b.C);
                s[at + 3] = T.MultiplyHalf8(s[at + 3], a0, a1, b.D);
            }
        }
    }

    private static void Weigh<THead>(ArrayView<Fragment> weights, ArrayView<float> part, ArrayView<Sums> s, ArrayView<float> below, float scale, int half)
        where THead : struct, IAttentionHeadTensor
    {
        for (int i = 0; i < THead.Blocks; i++)
        {
            for (int k = 0; k < 2; k++)
            {
                int at = (i * StreamingTile<THead>.KeyBlocks) + (4 * half) + (2 * k);
                Sums a = s[at], b = s[at + 1];
                float low = below[2 * i], high = below[(2 * i) + 1];
                a.A = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(a.A, scale, low));
                a.B = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(a.B, scale, low));
                a.C = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(a.C, scale, high));
                a.D = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(a.D, scale, high));
                b.A = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(b.A, scale, low));
                b.B = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(b.B, scale, low));
                b.C = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(b.C, scale, high));
                b.D = PtxIntrinsics.Exp2(PtxIntrinsics.Fma(b.D, scale, high));
                part[2 * i] += a.A + a.B + (b.A + b.B);
                part[(2 * i) + 1] += a.C + a.D + (b.C + b.D);
                Fragment f;
                f.A = T.Pack(a.A, a.B);
                f.B = T.Pack(a.C, a.D);
                f.C = T.Pack(b.A, b.B);
                f.D = T.Pack(b.C, b.D);
                weights[(i * StreamingTile<THead>.KeyBlocks / 2) + (2 * half) + k] = f;
            }
        }
    }

    private static void Hide<THead>(ArrayView<Sums> s, int limit)
        where THead : struct, IAttentionHeadTensor
    {
        for (int j = 0; j < StreamingTile<THead>.KeyBlocks; j++)
        {
            bool isFirst = 8 * j < limit, isSecond = (8 * j) + 1 < limit;
            for (int i = 0; i < THead.Blocks; i++)
            {
                var x = s[(i * StreamingTile<THead>.KeyBlocks) + j];
                x.A = isFirst ? x.A : Unseen;
                x.B = isSecond ? x.B : Unseen;
                x.C = isFirst ? x.C : Unseen;
                x.D = isSecond ? x.D : Unseen;
                s[(i * StreamingTile<THead>.KeyBlocks) + j] = x;
            }
        }
    }

    private static void Rescale<THead>(ArrayView<Sums> s, ArrayView<Sums> o, ArrayView<float> below, ArrayView<float> total, float scale)
        where THead : struct, IAttentionHeadTensor
    {
        for (int i = 0; i < THead.Blocks; i++)
        {
            float low = Unseen, high = Unseen;
            for (int j = 0; j < StreamingTile<THead>.KeyBlocks; j++)
            {
                var x = s[(i * StreamingTile<THead>.KeyBlocks) + j];
                low = IntrinsicMath.Max(low, IntrinsicMath.Max(x.A, x.B));
                high = IntrinsicMath.Max(high, IntrinsicMath.Max(x.C, x.D));
            }

            float lowFactor = Lower(below, total, 2 * i, low, scale), highFactor = Lower(below, total, (2 * i) + 1, high, scale);
            for (int j = 0; j < StreamingTile<THead>.Pitch; j++)
            {
                var x = o[(i * StreamingTile<THead>.Pitch) + j];
                x.A *= lowFactor;
                x.B *= lowFactor;
                x.C *= highFactor;
                x.D *= highFactor;
                o[(i * StreamingTile<THead>.Pitch) + j] = x;
            }
        }
    }

    private static float Lower(ArrayView<float> below, ArrayView<float> total, int row, float largest, float scale)
    {
        largest = IntrinsicMath.Max(largest, T.Other(largest, 1));
        largest = IntrinsicMath.Max(largest, T.Other(largest, 2));
        float before = below[row], after = IntrinsicMath.Min(before, -largest * scale), factor = PtxIntrinsics.Exp2(after - before);
        below[row] = after;
        total[row] *= factor;
        return factor;
    }

    private static void Sum<THead>(ArrayView<Sums> o, ArrayView<Fragment> weights, ArrayView<uint> valuePlaces, uint stage)
        where THead : struct, IAttentionHeadTensor
    {
        for (int k = 0; k < THead.Keys / 32; k++)
        {
            for (int j = 0; j < StreamingTile<THead>.Pitch; j++)
            {
                int swizzled = StreamingTile<THead>.Swizzled;
                var b = T.LoadMatrixTransposed(stage + valuePlaces[j % swizzled] + (uint)(k * 32 * StreamingTile<THead>.RowBytes) + (uint)(j / swizzled * swizzled * SharedRows.ChunkBytes));
                for (int i = 0; i < THead.Blocks; i++)
                {
                    int at = (i * StreamingTile<THead>.Pitch) + j, weight = (i * StreamingTile<THead>.KeyBlocks / 2) + (2 * k);
                    o[at] = T.MultiplyHalf16(o[at], weights[weight], b.A, b.B);
                    o[at] = T.MultiplyHalf16(o[at], weights[weight + 1], b.C, b.D);
                }
            }
        }
    }

    private static void Store<THead>(StreamingArgs args, ArrayView<Sums> o, ArrayView<float> total, uint shared, long first, int rows)
        where THead : struct, IAttentionHeadTensor
    {
        int lane = Group.IdxX & 31, row = Group.IdxX / 32 * StreamingTile<THead>.WarpQueries;
        for (int i = 0; i < THead.Blocks; i++)
        {
            float low = Inverse(total[2 * i]), high = Inverse(total[(2 * i) + 1]);
            for (int j = 0; j < StreamingTile<THead>.Pitch; j++)
            {
                var x = o[(i * StreamingTile<THead>.Pitch) + j];
                int at = row + (16 * i) + (lane >> 2);
                T.StoreShared(shared + (uint)(SharedRows.Place(StreamingTile<THead>.Pitch, at, j) + ((lane & 3) * 4)), T.Pack(x.A * low, x.B * low));
                T.StoreShared(shared + (uint)(SharedRows.Place(StreamingTile<THead>.Pitch, at + 8, j) + ((lane & 3) * 4)), T.Pack(x.C * high, x.D * high));
            }
        }

        Threads.Wait();
        ulong y = Place(args.Y) + (ulong)first;
        for (int j = 0; j < StreamingTile<THead>.Queries * StreamingTile<THead>.Pitch / StreamingTile<THead>.Threads; j++)
        {
            int at = Group.IdxX + (j * StreamingTile<THead>.Threads), query = at / StreamingTile<THead>.Pitch, chunk = at - (query * StreamingTile<THead>.Pitch);
            if (query < rows & chunk < args.Chunks)
                T.StoreGlobal(y + (ulong)(((long)query * args.Step) + (chunk * SharedRows.ChunkBytes)), T.LoadShared(shared + (uint)SharedRows.Place(StreamingTile<THead>.Pitch, query, chunk)));
        }
    }

    private static float Inverse(float sum)
    {
        sum += T.Other(sum, 1);
        sum += T.Other(sum, 2);
        return 1 / sum;
    }
}

internal struct StreamingArgs
{
    public Operand Y, Q, Inverted, K, V;
    public float Gamma, Scale;
    public int Queries, Keys, Heads, Parts, Step, HeadBytes, Chunks, SharesKeys;
}
