using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention through the frames of a video on tensor cores in binary16: sums and softmax are float32.
/// <code>
/// groups  four warps; a warp has a unit of heads of one pixel in all frames, and neighbouring warps have neighbouring units
/// scores  s = q k^T, 16 x 16 or 32 x 32, fragments straight from global memory
/// result  softmax over the frames, o = s v, straight to global memory
/// reads   q, k and v once; writes y once; no shared memory
/// floor   bandwidth
/// </code>
/// A lane reads 16 bytes, while a fragment wants words of four chunks from it. The order of the summed channels is free: word w of lane t's
/// chunk counts as word t of chunk w, for queries and keys alike. A lane's chunk of values is column g of eight products, one for each of
/// its channels, and so a lane's sums of eight products are chunks of the result.
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="others">takes what has no form here</param>
internal sealed class FrameAttention(GpuRuntime gpu, IOperation<AttentionCall> others) : IOperation<AttentionCall>
{
    private const float Log2E = 1.4426950408889634f;

    private readonly KernelVariants<Args> _kernels = new(gpu, typeof(FrameAttention), nameof(Kernel));

    /// <summary>True if a call is for this kernel.</summary>
    public static bool Takes(GpuCaps caps, in AttentionCall call) =>
        call.Options.Axis == SequenceAxis.Frames && HalfPlaces.Suit(call)
        && FramePlan.Suits(caps, call.Q.Shape.C / call.Options.Heads, call.Options.Frames);

    public void Run(in AttentionCall call)
    {
        if (!Takes(gpu.Caps, call))
        {
            others.Run(call);
            return;
        }

        var (y, q, k, v, options) = call;
        var s = q.Shape;
        int headSize = s.C / options.Heads;
        var plan = FramePlan.Of(headSize, options.Heads, options.Frames);
        var args = new Args
        {
            Y = y.Operand(),
            Q = q.Operand(),
            Inverted = (options.Blend?.Inverted).Operand(q),
            K = k.Operand(),
            V = v.Operand(),
            FrameBytes = (long)s.Pixels * s.C * sizeof(ushort),
            Count = (long)(s.N / options.Frames) * s.Pixels * (options.Heads / plan.Heads),
            Gamma = options.Blend?.Gamma ?? 0,
            Scale = Log2E / MathF.Sqrt(headSize),
            Frames = options.Frames,
            Pixels = s.Pixels,
            Units = options.Heads / plan.Heads,
            HeadChunks = headSize / 8,
        };
        var queryPolicy = options.Blend is null ? typeof(OwnQueryWords) : typeof(BlendedQueryWords);
        int warps = plan.Threads / 32;
        _kernels.Get(plan.Threads, new GpuKernelOptions(MinGroups: plan.MinGroups), queryPolicy, plan.Unit, plan.Tiles).Launch(
            new Groups(checked((int)((args.Count + warps - 1) / warps))), args);
    }

    private static void Kernel<TQueries, TUnit, TTiles>(Args args)
        where TQueries : struct, IQueryWords
        where TUnit : struct, IFrameUnit
        where TTiles : struct, IFrameTiles
    {
        var q = LocalMemory.Allocate<Fragment>(2 * TTiles.Count * TUnit.Blocks);
        var k = LocalMemory.Allocate<Fragment>(2 * TTiles.Count * TUnit.Blocks);
        var s = LocalMemory.Allocate<Sums>(2 * TTiles.Count * TTiles.Count);
        var weights = LocalMemory.Allocate<Fragment>(TUnit.Heads * TTiles.Count * TTiles.Count);
        var factors = LocalMemory.Allocate<float>(TUnit.Heads * 2 * TTiles.Count);

        int lane = Group.IdxX & 31, quad = lane & 3;
        long at = ((long)Grid.IdxX * (Group.DimX >> 5)) + (Group.IdxX >> 5);
        if (at >= args.Count) return;
        long pixel = at / args.Units, video = pixel / args.Pixels;
        long chunk = (((video * args.Frames * args.Pixels) + (pixel - (video * args.Pixels))) * args.Units) + (at - (pixel * args.Units));
        ulong place = (ulong)(chunk * TUnit.Heads * args.HeadChunks * SharedRows.ChunkBytes);

        LoadQueries<TQueries, TUnit, TTiles>(q, place, args);
        LoadKeys<TUnit, TTiles>(k, Place(args.K) + place, args);
        for (int head = 0; head < TUnit.Heads; head++)
        {
            Score<TUnit, TTiles>(s, q, k, head, args);
            var ownWeights = weights.SubView(head * TTiles.Count * TTiles.Count);
            var ownFactors = factors.SubView(head * 2 * TTiles.Count);
            for (int i = 0; i < TTiles.Count; i++)
                RowWeights.Of(ownWeights, ownFactors, s, i, 2 * TTiles.Count, 2 * TTiles.Count, args.Frames - (2 * quad), args.Scale);
        }

        for (int block = 0; block < TUnit.Blocks; block += 2)
            Sum<TUnit, TTiles>(Place(args.Y) + place, weights, factors, Place(args.V) + place, 4 * block, args);
    }

    private static ulong Place(Operand x) => T.GlobalAddress(ref x.Memory[0]) + (ulong)(x.Offset * sizeof(ushort));

    private static void LoadQueries<TQueries, TUnit, TTiles>(ArrayView<Fragment> q, ulong place, Args args)
        where TQueries : struct, IQueryWords
        where TUnit : struct, IFrameUnit
        where TTiles : struct, IFrameTiles
    {
        LoadKeys<TUnit, TTiles>(q, Place(args.Q) + place, args);
        if (!TQueries.IsBlended) return;
        var inverted = LocalMemory.Allocate<Fragment>(2 * TTiles.Count * TUnit.Blocks);
        LoadKeys<TUnit, TTiles>(inverted, Place(args.Inverted) + place, args);
        for (int i = 0; i < 2 * TTiles.Count * TUnit.Blocks; i++) q[i] = TQueries.Of(q[i], inverted[i], args.Gamma);
    }

    // Row g of eight frames, chunk t of four. Of what is not there the last one is read again.
    private static void LoadKeys<TUnit, TTiles>(ArrayView<Fragment> to, ulong from, Args args)
        where TUnit : struct, IFrameUnit
        where TTiles : struct, IFrameTiles
    {
        int row = (Group.IdxX & 31) >> 2, quad = Group.IdxX & 3;
        for (int i = 0; i < 2 * TTiles.Count; i++)
            for (int block = 0; block < TUnit.Blocks; block++)
                to[(i * TUnit.Blocks) + block] = Load<TUnit>(from, (8 * i) + row, (4 * block) + quad, args);
    }

    private static Fragment Load<TUnit>(ulong from, int frame, int chunk, Args args)
        where TUnit : struct, IFrameUnit
    {
        frame = IntrinsicMath.Min(frame, args.Frames - 1);
        chunk = IntrinsicMath.Min(chunk, (TUnit.Heads * args.HeadChunks) - 1);
        return T.LoadGlobal(from + (ulong)((frame * args.FrameBytes) + (chunk * SharedRows.ChunkBytes)));
    }

    private static void Score<TUnit, TTiles>(ArrayView<Sums> s, ArrayView<Fragment> q, ArrayView<Fragment> k, int head, Args args)
        where TUnit : struct, IFrameUnit
        where TTiles : struct, IFrameTiles
    {
        int quad = Group.IdxX & 3;
        for (int i = 0; i < 2 * TTiles.Count * TTiles.Count; i++) s[i] = default;
        for (int block = 0; block < TUnit.Blocks; block++)
        {
            uint mask = Mask((4 * block) + quad, head, args);
            for (int i = 0; i < TTiles.Count; i++)
            {
                Fragment upper = q[(2 * i * TUnit.Blocks) + block], lower = q[(((2 * i) + 1) * TUnit.Blocks) + block], a, b;
                (a.A, a.B, a.C, a.D) = (upper.A & mask, lower.A & mask, upper.B & mask, lower.B & mask);
                (b.A, b.B, b.C, b.D) = (upper.C & mask, lower.C & mask, upper.D & mask, lower.D & mask);
                for (int j = 0; j < 2 * TTiles.Count; j++)
                {
                    var keys = k[(j * TUnit.Blocks) + block];
                    int to = (2 * TTiles.Count * i) + j;
                    s[to] = T.MultiplyHalf16(s[to], a, keys.A, keys.B);
                    s[to] = T.MultiplyHalf16(s[to], b, keys.C, keys.D);
                }
            }
        }
    }

    // All bits where a chunk of a unit is a head's.
    private static uint Mask(int chunk, int head, Args args) =>
        chunk >= head * args.HeadChunks & chunk < (head + 1) * args.HeadChunks ? uint.MaxValue : 0;

    // Eight chunks of the result. A lane's columns 2 t and 2 t + 1 are chunks t and 4 + t, so that a quad writes 64 bytes in one piece.
    private static void Sum<TUnit, TTiles>(
        ulong y, ArrayView<Fragment> weights, ArrayView<float> factors, ulong values, int firstChunk, Args args)
        where TUnit : struct, IFrameUnit
        where TTiles : struct, IFrameTiles
    {
        var o = LocalMemory.Allocate<Sums>(8 * TTiles.Count);
        int lane = Group.IdxX & 31, quad = lane & 3, row = lane >> 2;
        int chunk = firstChunk + (row >> 1) + ((row & 1) * 4), chunks = TUnit.Heads * args.HeadChunks;
        for (int i = 0; i < 8 * TTiles.Count; i++) o[i] = default;
        for (int step = 0; step < TTiles.Count; step++)
        {
            int key = (16 * step) + (2 * quad);
            Fragment a = Load<TUnit>(values, key, chunk, args), b = Load<TUnit>(values, key + 1, chunk, args);
            Fragment c = Load<TUnit>(values, key + 8, chunk, args), d = Load<TUnit>(values, key + 9, chunk, args);
            for (int head = 0; head < TUnit.Heads; head++)
            {
                uint mask = TUnit.Heads == 1 ? uint.MaxValue : Mask(chunk, head, args);
                for (int i = 0; i < TTiles.Count; i++)
                {
                    var w = weights[(((head * TTiles.Count) + i) * TTiles.Count) + step];
                    Multiply(o, 8 * i, w, a.A & mask, b.A & mask, c.A & mask, d.A & mask);
                    Multiply(o, (8 * i) + 2, w, a.B & mask, b.B & mask, c.B & mask, d.B & mask);
                    Multiply(o, (8 * i) + 4, w, a.C & mask, b.C & mask, c.C & mask, d.C & mask);
                    Multiply(o, (8 * i) + 6, w, a.D & mask, b.D & mask, c.D & mask, d.D & mask);
                }
            }
        }

        for (int i = 0; i < TTiles.Count; i++)
        {
            for (int side = 0; side < 2; side++)
            {
                int to = firstChunk + (4 * side) + quad;
                bool isSecond = TUnit.Heads == 2 & to >= args.HeadChunks;
                float upper = factors[2 * i], lower = factors[(2 * i) + 1];
                if (TUnit.Heads == 2)
                {
                    upper = isSecond ? factors[2 * (TTiles.Count + i)] : upper;
                    lower = isSecond ? factors[(2 * (TTiles.Count + i)) + 1] : lower;
                }

                int frame = (16 * i) + row;
                ulong place = y + (ulong)((frame * args.FrameBytes) + (to * SharedRows.ChunkBytes));
                if (frame < args.Frames & to < chunks) T.StoreGlobal(place, side == 0 ? Upper(o, i, upper) : UpperSecond(o, i, upper));
                if (frame + 8 < args.Frames & to < chunks)
                    T.StoreGlobal(place + (ulong)(8 * args.FrameBytes), side == 0 ? Lower(o, i, lower) : LowerSecond(o, i, lower));
            }
        }
    }

    // Two channels of four keys: the low halves are the first one's.
    private static void Multiply(ArrayView<Sums> o, int at, Fragment weights, uint a, uint b, uint c, uint d)
    {
        o[at] = T.MultiplyHalf16(o[at], weights, T.LowHalves(a, b), T.LowHalves(c, d));
        o[at + 1] = T.MultiplyHalf16(o[at + 1], weights, T.HighHalves(a, b), T.HighHalves(c, d));
    }

    private static Fragment Upper(ArrayView<Sums> o, int tile, float factor) => new()
    {
        A = T.Pack(o[8 * tile].A * factor, o[(8 * tile) + 1].A * factor),
        B = T.Pack(o[(8 * tile) + 2].A * factor, o[(8 * tile) + 3].A * factor),
        C = T.Pack(o[(8 * tile) + 4].A * factor, o[(8 * tile) + 5].A * factor),
        D = T.Pack(o[(8 * tile) + 6].A * factor, o[(8 * tile) + 7].A * factor),
    };

    private static Fragment UpperSecond(ArrayView<Sums> o, int tile, float factor) => new()
    {
        A = T.Pack(o[8 * tile].B * factor, o[(8 * tile) + 1].B * factor),
        B = T.Pack(o[(8 * tile) + 2].B * factor, o[(8 * tile) + 3].B * factor),
        C = T.Pack(o[(8 * tile) + 4].B * factor, o[(8 * tile) + 5].B * factor),
        D = T.Pack(o[(8 * tile) + 6].B * factor, o[(8 * tile) + 7].B * factor),
    };

    private static Fragment Lower(ArrayView<Sums> o, int tile, float factor) => new()
    {
        A = T.Pack(o[8 * tile].C * factor, o[(8 * tile) + 1].C * factor),
        B = T.Pack(o[(8 * tile) + 2].C * factor, o[(8 * tile) + 3].C * factor),
        C = T.Pack(o[(8 * tile) + 4].C * factor, o[(8 * tile) + 5].C * factor),
        D = T.Pack(o[(8 * tile) + 6].C * factor, o[(8 * tile) + 7].C * factor),
    };

    private static Fragment LowerSecond(ArrayView<Sums> o, int tile, float factor) => new()
    {
        A = T.Pack(o[8 * tile].D * factor, o[(8 * tile) + 1].D * factor),
        B = T.Pack(o[(8 * tile) + 2].D * factor, o[(8 * tile) + 3].D * factor),
        C = T.Pack(o[(8 * tile) + 4].D * factor, o[(8 * tile) + 5].D * factor),
        D = T.Pack(o[(8 * tile) + 6].D * factor, o[(8 * tile) + 7].D * factor),
    };

    private struct Args
    {
        public Operand Y, Q, Inverted, K, V;
        public long FrameBytes, Count;
        public float Gamma, Scale;
        public int Frames, Pixels, Units, HeadChunks;
    }
}
