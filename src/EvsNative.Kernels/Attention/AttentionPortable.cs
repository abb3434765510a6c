using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Algorithms;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention with a streaming softmax on any GPU; no score matrix exists in memory. Tokens and frames are the same kernel: a sequence is a first
/// element and the elements from one of its members to the next.
/// <code>
/// groups  a tile of queries of one head of one sequence, all along x
/// scores  s = q k^T for a tile of keys, channels passing through shared memory; then maxima, exponentials, sums by a few threads a row
/// result  o = o * factor + s v, sums in registers, values passing through shared memory
/// reads   q, k and v once for each tile of queries; writes y once
/// floor   4 N_q N_k C multiply-adds, of three shared loads to eight
/// </code>
/// </summary>
internal sealed class AttentionPortable(GpuRuntime gpu)
{
    private const float Log2E = 1.4426950408889634f;

    // Below every score, and still finite, so that differences are numbers.
    private const float Unseen = -3e38f;

    private readonly KernelVariants<Args> _kernels = new(gpu, typeof(AttentionPortable), nameof(Kernel));

    public void Run(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options)
    {
        Shape s = q.Shape, t = k.Shape;
        bool isFrames = options.Axis == SequenceAxis.Frames;
        int headSize = s.C / options.Heads, queries = isFrames ? options.Frames : s.Pixels, keys = isFrames ? options.Frames : t.Pixels;
        long image = (long)s.Pixels * s.C;
        var plan = AttentionPlanPortable.Of(gpu.Caps, headSize, queries);
        var args = new Args
        {
            Y = y.Operand(),
            Q = q.Operand(),
            Inverted = (options.Blend?.Inverted).Operand(q),
            K = k.Operand(),
            V = v.Operand(),
            Gamma = options.Blend?.Gamma ?? 0,
            Scale = Log2E / MathF.Sqrt(headSize),
            HeadSize = headSize,
            Heads = options.Heads,
            Queries = queries,
            Keys = keys,
            IsCausal = options.IsCausal ? 1 : 0,
            QueryParts = plan.QueryParts,
            ChannelParts = plan.ChannelParts,
            Inner = isFrames ? s.Pixels : 1,
            InnerStride = s.C,
            QueryStride = isFrames ? options.Frames * image : image,
            KeyStride = isFrames ? options.Frames * image : t.N == 1 ? 0 : (long)t.Pixels * t.C,
            Step = isFrames ? image : s.C,
        };
        long sequences = isFrames ? s.N / options.Frames * (long)s.Pixels : s.N;
        int groups = checked((int)(sequences * options.Heads * plan.QueryParts * plan.ChannelParts));
        var queryPolicy = options.Blend is null ? typeof(OwnQueries) : typeof(BlendedQueries);
        _kernels.Get(plan.Threads, q.Type.Policy(), queryPolicy, plan.Form).Launch(new Groups(groups), args);
    }

    private static void Kernel<TX, TQueries, TForm>(Args args)
        where TX : struct, IElement
        where TQueries : struct, IQueries
        where TForm : struct, IAttentionForm
    {
        var scores = SharedMemory.Allocate<float>(TForm.Queries * TForm.ScoreStride);
        var piece = SharedMemory.Allocate<float>(TForm.PieceFloats);
        var told = SharedMemory.Allocate<float>(TForm.Threads);
        var factors = SharedMemory.Allocate<float>(TForm.Queries);
        var s = LocalMemory.Allocate<float>(TForm.OwnQueries * TForm.OwnKeys);
        var o = LocalMemory.Allocate<float>(TForm.OwnQueries * TForm.OwnChannels);

        int thread = Group.IdxX, across = thread % TForm.ThreadColumns, down = thread / TForm.ThreadColumns;
        int rowThreads = TForm.RowThreads, row = thread / rowThreads, share = thread % rowThreads;
        int scoreRow = row * TForm.ScoreStride;

        int group = Grid.IdxX, first = group % args.QueryParts * TForm.Queries;
        group /= args.QueryParts;
        int firstChannel = group % args.ChannelParts * TForm.Channels;
        group /= args.ChannelParts;
        int head = group % args.Heads, sequence = group / args.Heads;
        long within = ((long)(sequence % args.Inner) * args.InnerStride) + ((long)head * args.HeadSize);
        long queries = (sequence / args.Inner * args.QueryStride) + within, keys = (sequence / args.Inner * args.KeyStride) + within;
        int seen = args.IsCausal != 0 ? IntrinsicMath.Min(args.Keys, first + TForm.Queries) : args.Keys;

        for (int i = 0; i < TForm.OwnQueries * TForm.OwnChannels; i++) o[i] = 0;
        float largest = Unseen, total = 0;
        for (int firstKey = 0; firstKey < seen; firstKey += TForm.Keys)
        {
            for (int i = 0; i < TForm.OwnQueries * TForm.OwnKeys; i++) s[i] = 0;
            for (int channel = 0; channel < args.HeadSize; channel += TForm.Depth)
            {
                LoadQueries<TX, TQueries, TForm>(args, piece, queries, first, channel, thread);
                LoadKeys<TX, TForm>(args, piece, keys, firstKey, channel, thread);
                Threads.Wait();
                for (int c = 0; c < TForm.Depth; c++)
                {
                    for (int i = 0; i < TForm.OwnQueries; i++)
                    {
                        float a = piece[TForm.QueryPlace((down * TForm.OwnQueries) + i, c)];
                        for (int j = 0; j < TForm.OwnKeys; j++)
                        {
                            s[(i * TForm.OwnKeys) + j] += a * piece[TForm.KeyPlace(TForm.Key(across, j), c)];
                        }
                    }
                }

                Threads.Wait();
            }

            for (int i = 0; i < TForm.OwnQueries; i++)
            {
                int query = (down * TForm.OwnQueries) + i;
                int limit = (args.IsCausal != 0 ? IntrinsicMath.Min(args.Keys, first + query + 1) : args.Keys) - firstKey;
                for (int j = 0; j < TForm.OwnKeys; j++)
                {
                    int key = TForm.Key(across, j);
                    scores[(query * TForm.ScoreStride) + key] = key < limit ? s[(i * TForm.OwnKeys) + j] : Unseen;
                }
            }

            Threads.Wait();
            float before = largest;
            for (int key = 0; key < TForm.Keys; key += TForm.RowThreads)
                largest = IntrinsicMath.Max(largest, scores[scoreRow + key + share]);
            told[thread] = largest;
            Threads.Wait();
            for (int i = 0; i < TForm.RowThreads; i++)
                largest = IntrinsicMath.Max(largest, told[(row * rowThreads) + i]);
            float factor = XMath.Exp2((before - largest) * args.Scale);
            total *= factor;
            for (int key = 0; key < TForm.Keys; key += TForm.RowThreads)
            {
                float weight = XMath.Exp2((scores[scoreRow + key + share] - largest) * args.Scale);
                scores[scoreRow + key + share] = weight;
                total += weight;
            }

            if (share == 0) factors[row] = factor;
            for (int value = 0; value < TForm.Keys; value += TForm.ValueKeys)
            {
                LoadValues<TX, TForm>(args, piece, keys, firstKey + value, firstChannel, across, down);
                Threads.Wait();
                if (value == 0)
                {
                    for (int i = 0; i < TForm.OwnQueries; i++)
                    {
                        float f = factors[(down * TForm.OwnQueries) + i];
                        for (int j = 0; j < TForm.OwnChannels; j++) o[(i * TForm.OwnChannels) + j] *= f;
                    }
                }

                for (int key = 0; key < TForm.ValueKeys; key++)
                {
                    for (int i = 0; i < TForm.OwnQueries; i++)
                    {
                        float weight = scores[(((down * TForm.OwnQueries) + i) * TForm.ScoreStride) + value + key];
                        for (int j = 0; j < TForm.OwnChannels; j++)
                        {
                            o[(i * TForm.OwnChannels) + j] += weight * piece[(key * TForm.ValueStride)
                                + TForm.Channel(across, j)];
                        }
                    }
                }

                Threads.Wait();
            }
        }

        told[thread] = total;
        Threads.Wait();
        for (int i = 0; i < TForm.OwnQueries; i++)
        {
            int query = (down * TForm.OwnQueries) + i;
            float sum = 0;
            for (int t = 0; t < TForm.RowThreads; t++) sum += told[(query * rowThreads) + t];
            float inverse = 1 / sum;
            for (int j = 0; j < TForm.OwnChannels; j++)
            {
                int channel = firstChannel + TForm.Channel(across, j);
                if (first + query < args.Queries && channel < args.HeadSize)
                    TX.Store(args.Y, queries + ((first + query) * args.Step) + channel, o[(i * TForm.OwnChannels) + j] * inverse);
            }
        }
    }

    private static void LoadQueries<TX, TQueries, TForm>(Args args, ArrayView<float> piece, long from, int first, int channel, int thread)
        where TX : struct, IElement
        where TQueries : struct, IQueries
        where TForm : struct, IAttentionForm
    {
        int lane = thread % TForm.Lanes;
        for (int i = 0; i < TForm.Queries; i += TForm.Threads / TForm.Lanes)
        {
            int row = (thread / TForm.Lanes) + i;
            long at = from + ((first + row) * args.Step) + channel + lane;
            for (int j = 0; j < TForm.Depth; j += TForm.Lanes)
            {
                bool isThere = first + row < args.Queries && channel + lane + j < args.HeadSize;
                piece[TForm.QueryPlace(row, lane + j)] =
                    isThere ? TQueries.Load<TX>(args.Q, args.Inverted, at + j, args.Gamma) : 0;
            }
        }
    }

    private static void LoadKeys<TX, TForm>(Args args, ArrayView<float> piece, long from, int first, int channel, int thread)
        where TX : struct, IElement
        where TForm : struct, IAttentionForm
    {
        int lane = thread % TForm.Lanes;
        for (int i = 0; i < TForm.Keys; i += TForm.Threads / TForm.Lanes)
        {
            int row = (thread / TForm.Lanes) + i;
            long at = from + ((first + row) * args.Step) + channel + lane;
            for (int j = 0; j < TForm.Depth; j += TForm.Lanes)
            {
                bool isThere = first + row < args.Keys && channel + lane + j < args.HeadSize;
                piece[TForm.KeyPlace(row, lane + j)] = isThere ? TX.Load(args.K, at + j) : 0;
            }
        }
    }

    private static void LoadValues<TX, TForm>(
        Args args, ArrayView<float> piece, long from, int first, int firstChannel, int across, int down)
        where TX : struct, IElement
        where TForm : struct, IAttentionForm
    {
        for (int key = 0; key < TForm.ValueKeys; key += TForm.ThreadRows)
        {
            int row = key + down;
            long at = from + ((first + row) * args.Step) + firstChannel + across;
            for (int j = 0; j < TForm.Channels; j += TForm.ThreadColumns)
            {
                bool isThere = first + row < args.Keys && firstChannel + across + j < args.HeadSize;
                piece[(row * TForm.ValueStride) + across + j] = isThere ? TX.Load(args.V, at + j) : 0;
            }
        }
    }

    /// <summary>Where queries come from.</summary>
    private interface IQueries
    {
        static abstract float Load<TX>(Operand own, Operand inverted, long index, float gamma) where TX : struct, IElement;
    }

    private readonly struct OwnQueries : IQueries
    {
        public static float Load<TX>(Operand own, Operand inverted, long index, float gamma) where TX : struct, IElement => TX.Load(own, index);
    }

    /// <summary>gamma Q_inv + (1 - gamma) Q (EVS, Eq. 11).</summary>
    private readonly struct BlendedQueries : IQueries
    {
        public static float Load<TX>(Operand own, Operand inverted, long index, float gamma) where TX : struct, IElement =>
            (TX.Load(own, index) * (1 - gamma)) + (TX.Load(inverted, index) * gamma);
    }

    private struct Args
    {
        public Operand Y, Q, Inverted, K, V;
        public float Gamma, Scale;
        public int HeadSize, Heads, Queries, Keys, IsCausal, QueryParts, ChannelParts, Inner;
        public long InnerStride, QueryStride, KeyStride, Step;
    }
}
