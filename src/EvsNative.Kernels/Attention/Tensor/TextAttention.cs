using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention over few keys, such as a text's, on tensor cores in binary16: sums and softmax are float32.
/// <code>
/// groups  a unit of heads of one sequence, and some rounds of its queries; units fastest, so that neighbours read whole rows
/// shared  keys and values of the unit, once; channels in the order in which lanes hold them
/// scores  s = q k^T for all keys of 16 or 32 queries a warp, queries straight from global memory into fragments
/// result  softmax over all keys at once, o = s v, block by block of channels straight to global memory
/// reads   q once, k and v once for each group; writes y once
/// floor   bandwidth
/// </code>
/// A lane reads 16 bytes, while a fragment wants words of four chunks from it. The order of the summed channels is free: word w of lane t's
/// chunk counts as word t of chunk w, and keys lie in shared memory in that order. Values do, too, so that a lane's results are a chunk.
/// </summary>
internal sealed class TextAttention(GpuRuntime gpu) : IOperation<AttentionCall>
{
    private const float Log2E = 1.4426950408889634f;

    // Below every score, and still finite, so that differences are numbers.
    private const float Unseen = -3e38f;

    // 1 twice: a column of ones sums up the weights of a row, for all lanes of its quad.
    private const uint Ones = 0x3c003c00;

    private readonly KernelVariants<Args> _kernels = new(gpu, typeof(TextAttention), nameof(Kernel));

    public void Run(in AttentionCall call)
    {
        var (y, q, k, v, options) = call;
        Shape s = q.Shape, t = k.Shape;
        var plan = TextPlan.Of(s.C / options.Heads, options.Heads, s.Pixels, t.Pixels, options.Blend is not null);
        var args = new Args
        {
            Y = y.Operand(),
            Q = q.Operand(),
            Inverted = (options.Blend?.Inverted).Operand(q),
            K = k.Operand(),
            V = v.Operand(),
            Gamma = options.Blend?.Gamma ?? 0,
            Scale = Log2E / MathF.Sqrt(s.C / options.Heads),
            Queries = s.Pixels,
            Keys = t.Pixels,
            RowBytes = s.C * sizeof(ushort),
            Chunks = s.C / options.Heads / 8,
            Units = plan.Units,
            Parts = plan.Parts,
            Rounds = plan.Rounds,
            SharesKeys = t.N == 1 ? 1 : 0,
            SharedChunks = plan.SharedChunks,
            Heads = options.Heads / plan.Units,
            Blocks = plan.Blocks,
        };
        var queryPolicy = options.Blend is null ? typeof(OwnQueryWords) : typeof(BlendedQueryWords);
        var needs = new GpuKernelOptions(plan.SharedBytes, plan.MinGroups);
        _kernels.Get(plan.Threads, needs, queryPolicy, plan.Head, plan.Keys).Launch(
            new Groups(checked(s.N * plan.Units * plan.Parts)), args);
    }

    private static void Kernel<TQueries, THead, TKeys>(Args args)
        where TQueries : struct, IQueryWords
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        SharedMemory.GetDynamic<Fragment>();
        var own = LocalMemory.Allocate<Fragment>(2 * TextTile<THead, TKeys>.Tiles * THead.Blocks);
        var inverted = LocalMemory.Allocate<Fragment>(2 * TextTile<THead, TKeys>.Tiles * THead.Blocks);
        var rest = LocalMemory.Allocate<Fragment>(TextTile<THead, TKeys>.Tiles);
        var invertedRest = LocalMemory.Allocate<Fragment>(TextTile<THead, TKeys>.Tiles);
        var q = LocalMemory.Allocate<Fragment>(2 * TextTile<THead, TKeys>.Tiles * THead.Blocks);
        var words = LocalMemory.Allocate<Fragment>(TextTile<THead, TKeys>.Tiles);
        var s = LocalMemory.Allocate<Sums>(TextTile<THead, TKeys>.Tiles * TextTile<THead, TKeys>.KeyBlocks);
        var weights = LocalMemory.Allocate<Fragment>(TextTile<THead, TKeys>.Tiles * TextTile<THead, TKeys>.KeyBlocks / 2);
        var factors = LocalMemory.Allocate<float>(2 * TextTile<THead, TKeys>.Tiles);

        int thread = Group.IdxX, lane = thread & 31, quad = lane & 3;
        int group = Grid.IdxX, unit = group % args.Units;
        group /= args.Units;
        int part = group % args.Parts, sequence = group / args.Parts;
        long within = (long)unit * THead.Heads * args.Chunks * SharedRows.ChunkBytes;
        long firstKey = ((args.SharesKeys != 0 ? 0 : (long)sequence * args.Keys) * args.RowBytes) + within;
        Keep<THead, TKeys>(Place(args.K) + (ulong)firstKey, Place(args.V) + (ulong)firstKey, args);
        Threads.Wait();

        // A lane's own row of the first eight, and what it gives the address of for matrices of keys and of values.
        long from = ((long)sequence * args.Queries * args.RowBytes) + within;
        ulong queries = Place(args.Q) + (ulong)from, recorded = Place(args.Inverted) + (ulong)from, y = Place(args.Y) + (ulong)from;
        int row = (((part * args.Rounds * 4) + (thread >> 5)) * TextTile<THead, TKeys>.WarpQueries) + (lane >> 2);
        uint keys = T.SharedBase() + (uint)(((((lane >> 4) * 8) + (lane & 7)) * TextTile<THead, TKeys>.RowBytes) + ((lane & 8) * 2));
        uint values = T.SharedBase() + (uint)(((lane & 15) * TextTile<THead, TKeys>.RowBytes) + (lane & 16));

        LoadBlocks<TQueries, THead, TKeys>(own, inverted, queries, recorded, row, 0, args);
        LoadRest<TQueries, THead, TKeys>(rest, invertedRest, queries, recorded, row, args);
        for (int round = 0; round < args.Rounds & row - (lane >> 2) < args.Queries; round++)
        {
            if (THead.Rest > 0)
            {
                for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
                    words[i] = LaneWords.Transposed(TQueries.Of(rest[i], invertedRest[i], args.Gamma), lane);
            }

            for (int head = 0; head < args.Heads; head++)
            {
                uint shift = (uint)(head * 2 * TextTile<THead, TKeys>.KeyBytes);
                Arrange<TQueries, THead, TKeys>(q, own, inverted, args);
                Score<THead, TKeys>(s, q, keys + shift);
                if (THead.Rest > 0) ScoreRest<THead, TKeys>(s, words, keys + shift, values + shift, head);

                // What comes next is on its way while this is worked on.
                bool isLast = head + 1 == args.Heads;
                int next = isLast ? row + TextTile<THead, TKeys>.Queries : row;
                LoadBlocks<TQueries, THead, TKeys>(own, inverted, queries, recorded, next, isLast ? 0 : head + 1, args);
                if (THead.Rest > 0 && isLast) LoadRest<TQueries, THead, TKeys>(rest, invertedRest, queries, recorded, next, args);

                Weigh<THead, TKeys>(weights, factors, s, args.Keys - TKeys.Count + 16 - (2 * quad), args.Scale);
                for (int block = 0; block < args.Blocks; block++)
                    Sum<THead, TKeys>(y, weights, factors, values + shift, block, head, row, args);
                if (THead.Rest > 0) SumRest<THead, TKeys>(words, weights, factors, values + shift, head);
            }

            if (THead.Rest > 0) StoreRest<THead, TKeys>(y, words, row, args);
            row += TextTile<THead, TKeys>.Queries;
        }
    }

    private static ulong Place(Operand x) => T.GlobalAddress(ref x.Memory[0]) + (ulong)(x.Offset * sizeof(ushort));

    // Keys and values to shared memory, with the words of a block's chunks transposed; what is not there is zero.
    private static void Keep<THead, TKeys>(ulong keys, ulong values, Args args)
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
            int head = THead.Heads == 2 & chunk >= TextTile<THead, TKeys>.Chunks ? 1 : 0, own = chunk - TextTile<THead, TKeys>.FirstChunk(head);
            bool isRest = own < 0 | own >= TextTile<THead, TKeys>.RestChunk;
            int place = isRest ? (THead.Rest == 2 ? own : TextTile<THead, TKeys>.RestChunk) * 16 : ((own & ~3) * 16) + ((own & 3) * 4);
            uint step = isRest ? 4u : 16u;
            uint to = T.SharedBase() + (uint)((head * 2 * TextTile<THead, TKeys>.KeyBytes) + (key * TextTile<THead, TKeys>.RowBytes) + place);
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

    // Four chunks of a row to a quad, rows 8 apart, block by block. Of what is not there the last one is read again.
    private static void LoadBlocks<TQueries, THead, TKeys>(
        ArrayView<Fragment> own, ArrayView<Fragment> inverted, ulong queries, ulong recorded, int row, int head, Args args)
        where TQueries : struct, IQueryWords
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        int quad = Group.IdxX & 3, chunk = TextTile<THead, TKeys>.FirstChunk(head) + quad;
        for (int i = 0; i < 2 * TextTile<THead, TKeys>.Tiles; i++)
        {
            ulong first = (ulong)IntrinsicMath.Min(row + (8 * i), args.Queries - 1) * (ulong)args.RowBytes;
            for (int block = 0; block < THead.Blocks; block++)
            {
                int at = chunk + (4 * block);
                if (THead.Rest == 0 && block == THead.Blocks - 1) at = IntrinsicMath.Min(at, args.Chunks - 1);
                ulong offset = first + (ulong)(at * SharedRows.ChunkBytes);
                own[(i * THead.Blocks) + block] = T.LoadGlobal(queries + offset);
                if (TQueries.IsBlended) inverted[(i * THead.Blocks) + block] = T.LoadGlobal(recorded + offset);
            }
        }
    }

    // The two chunks that remain, of 16 rows: lanes 0 and 1 of a quad have the upper row's.
    private static void LoadRest<TQueries, THead, TKeys>(
        ArrayView<Fragment> own, ArrayView<Fragment> inverted, ulong queries, ulong recorded, int row, Args args)
        where TQueries : struct, IQueryWords
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        if (THead.Rest == 0) return;
        for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
        {
            int from = IntrinsicMath.Min(row + (16 * i) + ((Group.IdxX & 2) * 4), args.Queries - 1);
            ulong offset = ((ulong)from * (ulong)args.RowBytes)
                + (ulong)((TextTile<THead, TKeys>.RestChunk + (Group.IdxX & 1)) * SharedRows.ChunkBytes);
            own[i] = T.LoadGlobal(queries + offset);
            if (TQueries.IsBlended) inverted[i] = T.LoadGlobal(recorded + offset);
        }
    }

    // Rows of words to left operands. A mask that the assembler does not know keeps it from gathering them anew for each product.
    private static void Arrange<TQueries, THead, TKeys>(ArrayView<Fragment> q, ArrayView<Fragment> own, ArrayView<Fragment> inverted, Args args)
        where TQueries : struct, IQueryWords
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        for (int block = 0; block < THead.Blocks; block++)
        {
            uint mask = (4 * block) + (Group.IdxX & 3) < args.Chunks ? uint.MaxValue : 0;
            for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
            {
                int first = (2 * i * THead.Blocks) + block, second = first + THead.Blocks;
                Fragment upper = TQueries.Of(own[first], inverted[first], args.Gamma), lower = TQueries.Of(own[second], inverted[second], args.Gamma);
                Fragment a, b;
                (a.A, a.B, a.C, a.D) = (upper.A & mask, lower.A & mask, upper.B & mask, lower.B & mask);
                (b.A, b.B, b.C, b.D) = (upper.C & mask, lower.C & mask, upper.D & mask, lower.D & mask);
                q[2 * ((i * THead.Blocks) + block)] = a;
                q[(2 * ((i * THead.Blocks) + block)) + 1] = b;
            }
        }
    }

    private static void Score<THead, TKeys>(ArrayView<Sums> s, ArrayView<Fragment> q, uint keys)
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

    // The chunks that remain: the words of a quad's lanes are the upper row's, then the lower one's.
    private static void ScoreRest<THead, TKeys>(ArrayView<Sums> s, ArrayView<Fragment> words, uint keys, uint values, int head)
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

    // Scores become weights as the left operand of the second product. Their sum, as they are rounded, is told by its inverse.
    private static void Weigh<THead, TKeys>(ArrayView<Fragment> weights, ArrayView<float> factors, ArrayView<Sums> s, int limit, float scale)
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
        {
            int first = i * TextTile<THead, TKeys>.KeyBlocks;
            for (int j = 0; j < 2; j++)
            {
                var x = s[first + TextTile<THead, TKeys>.KeyBlocks - 2 + j];
                bool isFirst = 8 * j < limit, isSecond = (8 * j) + 1 < limit;
                x.A = isFirst ? x.A : Unseen;
                x.B = isSecond ? x.B : Unseen;
                x.C = isFirst ? x.C : Unseen;
                x.D = isSecond ? x.D : Unseen;
                s[first + TextTile<THead, TKeys>.KeyBlocks - 2 + j] = x;
            }

            float upper = Unseen, lower = Unseen;
            Sums total = default;
            for (int j = 0; j < TextTile<THead, TKeys>.KeyBlocks; j++)
            {
                var x = s[first + j];
                upper = IntrinsicMath.Max(upper, IntrinsicMath.Max(x.A, x.B));
                lower = IntrinsicMath.Max(lower, IntrinsicMath.Max(x.C, x.D));
            }

            upper = -scale * Largest(upper);
            lower = -scale * Largest(lower);
            for (int j = 0; j < TextTile<THead, TKeys>.KeyBlocks; j += 2)
            {
                Sums a = s[first + j], b = s[first + j + 1];
                Fragment w;
                w.A = T.Pack(Weight(a.A, scale, upper), Weight(a.B, scale, upper));
                w.B = T.Pack(Weight(a.C, scale, lower), Weight(a.D, scale, lower));
                w.C = T.Pack(Weight(b.A, scale, upper), Weight(b.B, scale, upper));
                w.D = T.Pack(Weight(b.C, scale, lower), Weight(b.D, scale, lower));
                total = T.MultiplyHalf16(total, w, Ones, Ones);
                weights[(first + j) / 2] = w;
            }

            factors[2 * i] = 1 / total.A;
            factors[(2 * i) + 1] = 1 / total.C;
        }
    }

    private static float Weight(float score, float scale, float shift) => PtxIntrinsics.Exp2(PtxIntrinsics.Fma(score, scale, shift));

    private static float Largest(float x)
    {
        x = IntrinsicMath.Max(x, T.Other(x, 1));
        return IntrinsicMath.Max(x, T.Other(x, 2));
    }

    // Four chunks of the result: a lane's sums are one of them.
    private static void Sum<THead, TKeys>(
        ulong y, ArrayView<Fragment> weights, ArrayView<float> factors, uint values, int block, int head, int row, Args args)
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

    private static void Store(ulong y, int row, int chunk, bool isThere, Fragment x, Args args)
    {
        if (row < args.Queries & isThere)
            T.StoreGlobal(y + ((ulong)row * (ulong)args.RowBytes) + (ulong)(chunk * SharedRows.ChunkBytes), x);
    }

    // A word of each of the four chunks that 16 rows have beyond their blocks.
    private static void SumRest<THead, TKeys>(
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

    private static void StoreRest<THead, TKeys>(ulong y, ArrayView<Fragment> words, int row, Args args)
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        int chunk = TextTile<THead, TKeys>.RestChunk + (Group.IdxX & 1);
        for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
            Store(y, row + (16 * i) + ((Group.IdxX & 2) * 4), chunk, true, LaneWords.Transposed(words[i], Group.IdxX), args);
    }

    private struct Args
    {
        public Operand Y, Q, Inverted, K, V;
        public float Gamma, Scale;
        public int Queries, Keys, RowBytes, Chunks, Units, Parts, Rounds, SharesKeys, SharedChunks, Heads, Blocks;
    }
}
