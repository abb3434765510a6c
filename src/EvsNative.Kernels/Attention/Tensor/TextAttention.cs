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
/// <param name="gpu">where it runs</param>
/// <param name="others">takes what has no form here</param>
internal sealed class TextAttention(GpuRuntime gpu, IOperation<AttentionCall> others) : IOperation<AttentionCall>
{
    private const float Log2E = 1.4426950408889634f;

    private readonly KernelVariants<TextArgs> _kernels = new(gpu, typeof(TextAttention), nameof(Kernel));

    /// <summary>True if a call is for this kernel.</summary>
    public static bool Takes(GpuCaps caps, in AttentionCall call) =>
        call.Options is { Axis: SequenceAxis.Tokens, IsCausal: false } && HalfPlaces.Suit(call)
        && TextPlan.Suits(caps, call.Q.Shape.C / call.Options.Heads, call.Options.Heads, call.K.Shape.Pixels);

    public void Run(in AttentionCall call)
    {
        if (!Takes(gpu.Caps, call))
        {
            others.Run(call);
            return;
        }

        var (y, q, k, v, options) = call;
        Shape s = q.Shape, t = k.Shape;
        var plan = TextPlan.Of(s.C / options.Heads, options.Heads, s.Pixels, t.Pixels, options.Blend is not null);
        var args = new TextArgs
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

    private static void Kernel<TQueries, THead, TKeys>(TextArgs args)
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
        TextKeeping.Keep<THead, TKeys>(Place(args.K) + (ulong)firstKey, Place(args.V) + (ulong)firstKey, args);
        Threads.Wait();

        // A lane's own row of the first eight, and what it gives the address of for matrices of keys and of values.
        long from = ((long)sequence * args.Queries * args.RowBytes) + within;
        ulong queries = Place(args.Q) + (ulong)from, recorded = Place(args.Inverted) + (ulong)from, y = Place(args.Y) + (ulong)from;
        int row = (((part * args.Rounds * 4) + (thread >> 5)) * TextTile<THead, TKeys>.WarpQueries) + (lane >> 2);
        uint keys = T.SharedBase() + (uint)(((((lane >> 4) * 8) + (lane & 7)) * TextTile<THead, TKeys>.RowBytes) + ((lane & 8) * 2));
        uint values = T.SharedBase() + (uint)(((lane & 15) * TextTile<THead, TKeys>.RowBytes) + (lane & 16));

        TextQueries.LoadBlocks<TQueries, THead, TKeys>(own, inverted, queries, recorded, row, 0, args);
        TextQueries.LoadRest<TQueries, THead, TKeys>(rest, invertedRest, queries, recorded, row, args);
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
                TextQueries.Arrange<TQueries, THead, TKeys>(q, own, inverted, args);
                TextScores.Score<THead, TKeys>(s, q, keys + shift);
                if (THead.Rest > 0) TextScores.ScoreRest<THead, TKeys>(s, words, keys + shift, values + shift, head);

                // What comes next is on its way while this is worked on; behind the last round it is one row again and again.
                bool isLast = head + 1 == args.Heads;
                int next = isLast ? row + TextTile<THead, TKeys>.Queries : row;
                if (isLast && round + 1 == args.Rounds) next = args.Queries;
                TextQueries.LoadBlocks<TQueries, THead, TKeys>(own, inverted, queries, recorded, next, isLast ? 0 : head + 1, args);
                if (THead.Rest > 0 && isLast)
                    TextQueries.LoadRest<TQueries, THead, TKeys>(rest, invertedRest, queries, recorded, next, args);

                for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
                    RowWeights.Of(weights, factors, s, i, TextTile<THead, TKeys>.KeyBlocks, 2, args.Keys - (2 * quad), args.Scale);
                for (int block = 0; block < args.Blocks; block++)
                    TextResult.Sum<THead, TKeys>(y, weights, factors, values + shift, block, head, row, args);
                if (THead.Rest > 0) TextResult.SumRest<THead, TKeys>(words, weights, factors, values + shift, head);
            }

            if (THead.Rest > 0) TextResult.StoreRest<THead, TKeys>(y, words, row, args);
            row += TextTile<THead, TKeys>.Queries;
        }
    }

    private static ulong Place(Operand x) => T.GlobalAddress(ref x.Memory[0]) + (ulong)(x.Offset * sizeof(ushort));
}
