using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using ILGPU;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention with a streaming softmax on any GPU; no score matrix exists in memory. Tokens and frames are the same kernel: a sequence is a
/// first element and the elements from one of its members to the next.
/// <code>
/// groups  a tile of queries of one head of one sequence, all along x
/// scores  s = q k^T for a tile of keys, channels passing through shared memory; then maxima, exponentials, sums by a few threads a row
/// result  o = o * factor + s v, sums in registers, values passing through shared memory
/// reads   q, k and v once for each tile of queries; writes y once
/// floor   4 N_q N_k C multiply-adds, of three shared loads to eight
/// </code>
/// </summary>
internal sealed class AttentionPortable(GpuRuntime gpu) : IOperation<AttentionCall>
{
    private const float Log2E = 1.4426950408889634f;

    // Below every score, and still finite, so that differences are numbers.
    private const float Unseen = -3e38f;

    private readonly KernelVariants<AttentionArgsPortable> _tiles = new(gpu, typeof(AttentionPortable), nameof(Kernel));
    private readonly KernelVariants<AttentionArgsPortable> _lines =
        new(gpu, typeof(AttentionLinePortable), nameof(AttentionLinePortable.Kernel));

    public void Run(in AttentionCall call)
    {
        var (y, q, k, v, options) = call;
        Shape s = q.Shape, t = k.Shape;
        bool isFrames = options.Axis == SequenceAxis.Frames;
        int headSize = s.C / options.Heads, queries = isFrames ? options.Frames : s.Pixels, keys = isFrames ? options.Frames : t.Pixels;
        long image = (long)s.Pixels * s.C;
        var plan = AttentionPlanPortable.Of(gpu.Caps, headSize, queries);
        var args = new AttentionArgsPortable
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
        var queryPolicy = options.Blend is null ? typeof(OwnQuerySource) : typeof(BlendedQuerySource);
        (plan.IsLine ? _lines : _tiles).Get(plan.Threads, q.Type.Policy(), queryPolicy, plan.Form).Launch(new Groups(groups), args);
    }

    private static void Kernel<TX, TQueries, TForm>(AttentionArgsPortable args)
        where TX : struct, IElement
        where TQueries : struct, IQuerySource
        where TForm : struct, IAttentionForm
    {
        var scores = SharedMemory.Allocate<float>(TForm.Queries * TForm.ScoreStride);
        var piece = SharedMemory.Allocate<float>(TForm.PieceFloats);
        var told = SharedMemory.Allocate<float>(TForm.Threads);
        var factors = SharedMemory.Allocate<float>(TForm.Queries);
        var s = LocalMemory.Allocate<float>(TForm.OwnQueries * TForm.OwnKeys);
        var o = LocalMemory.Allocate<float>(TForm.OwnQueries * TForm.OwnChannels);

        // Where the group works, and what in it the thread: a few rows and columns of a product, and a share of the softmax of a row.
        int group = Grid.IdxX, first = group % args.QueryParts * TForm.Queries;
        group /= args.QueryParts;
        int firstChannel = group % args.ChannelParts * TForm.Channels;
        group /= args.ChannelParts;
        int head = group % args.Heads, sequence = group / args.Heads;
        long within = ((long)(sequence % args.Inner) * args.InnerStride) + ((long)head * args.HeadSize);
        long queries = (sequence / args.Inner * args.QueryStride) + within + (first * args.Step);
        long keys = (sequence / args.Inner * args.KeyStride) + within;
        int thread = Group.IdxX, across = thread & (TForm.ThreadColumns - 1), query = thread / TForm.ThreadColumns * TForm.OwnQueries;
        int row = thread / TForm.RowThreads, share = thread & (TForm.RowThreads - 1);
        var rowScores = scores.SubView((row * TForm.ScoreStride) + share);

        for (int i = 0; i < TForm.OwnQueries * TForm.OwnChannels; i++) o[i] = 0;
        float largest = Unseen, total = 0;
        int seen = args.IsCausal != 0 ? IntrinsicMath.Min(args.Keys, first + TForm.Queries) : args.Keys;
        for (int firstKey = 0; firstKey < seen; firstKey += TForm.Keys)
        {
            for (int i = 0; i < TForm.OwnQueries * TForm.OwnKeys; i++) s[i] = 0;
            for (int channel = 0; channel < args.HeadSize; channel += TForm.Depth)
            {
                LoadQueries<TX, TQueries, TForm>(args, piece, queries + channel, args.Queries - first, args.HeadSize - channel);
                LoadKeys<TX, TForm>(args, piece, keys + channel, args.Keys - firstKey, args.HeadSize - channel);
                Threads.Wait();
                for (int c = 0; c < TForm.Depth; c++)
                {
                    var a = piece.SubView((query * TForm.RowStride) + c);
                    var b = piece.SubView(TForm.KeyPiece + (across * TForm.RowStride) + c);
                    for (int i = 0; i < TForm.OwnQueries; i++)
                    {
                        float value = a[i * TForm.RowStride];
                        for (int j = 0; j < TForm.OwnKeys; j++)
                            s[(i * TForm.OwnKeys) + j] += value * b[j * TForm.ThreadColumns * TForm.RowStride];
                    }
                }

                Threads.Wait();
            }

            for (int i = 0; i < TForm.OwnQueries; i++)
            {
                var to = scores.SubView(((query + i) * TForm.ScoreStride) + across);
                int limit = args.IsCausal != 0 ? IntrinsicMath.Min(args.Keys, first + query + i + 1) : args.Keys;
                limit -= firstKey + across;
                for (int j = 0; j < TForm.OwnKeys; j++)
                    to[j * TForm.ThreadColumns] = j * TForm.ThreadColumns < limit ? s[(i * TForm.OwnKeys) + j] : Unseen;
            }

            Threads.Wait();
            float before = largest;
            for (int key = 0; key < TForm.Keys; key += TForm.RowThreads) largest = IntrinsicMath.Max(largest, rowScores[key]);
            told[thread] = largest;
            Threads.Wait();
            for (int i = 0; i < TForm.RowThreads; i++) largest = IntrinsicMath.Max(largest, told[(row * TForm.RowThreads) + i]);
            float factor = PtxIntrinsics.Exp2((before - largest) * args.Scale);
            total *= factor;
            for (int key = 0; key < TForm.Keys; key += TForm.RowThreads)
            {
                float weight = PtxIntrinsics.Exp2((rowScores[key] - largest) * args.Scale);
                rowScores[key] = weight;
                total += weight;
            }

            if (share == 0) factors[row] = factor;
            for (int value = 0; value < TForm.Keys; value += TForm.ValueKeys)
            {
                LoadValues<TX, TForm>(
                    args, piece, keys + (value * args.Step) + firstChannel, args.Keys - firstKey - value, args.HeadSize - firstChannel);
                Threads.Wait();
                if (value == 0)
                {
                    for (int i = 0; i < TForm.OwnQueries; i++)
                    {
                        float scale = factors[query + i];
                        for (int j = 0; j < TForm.OwnChannels; j++) o[(i * TForm.OwnChannels) + j] *= scale;
                    }
                }

                for (int key = 0; key < TForm.ValueKeys; key++)
                {
                    var a = scores.SubView((query * TForm.ScoreStride) + value + key);
                    var b = piece.SubView((key * TForm.ValueStride) + across);
                    for (int i = 0; i < TForm.OwnQueries; i++)
                    {
                        float weight = a[i * TForm.ScoreStride];
                        for (int j = 0; j < TForm.OwnChannels; j++) o[(i * TForm.OwnChannels) + j] += weight * b[j * TForm.ThreadColumns];
                    }
                }

                Threads.Wait();
            }

            keys += TForm.Keys * args.Step;
        }

        told[thread] = total;
        Threads.Wait();
        firstChannel += across;
        for (int i = 0; i < TForm.OwnQueries; i++)
        {
            float sum = 0;
            for (int t = 0; t < TForm.RowThreads; t++) sum += told[((query + i) * TForm.RowThreads) + t];
            float inverse = 1 / sum;
            long to = queries + ((query + i) * args.Step) + firstChannel;
            for (int j = 0; j < TForm.OwnChannels; j++)
            {
                if (first + query + i < args.Queries & firstChannel + (j * TForm.ThreadColumns) < args.HeadSize)
                    TX.Store(args.Y, to + (j * TForm.ThreadColumns), o[(i * TForm.OwnChannels) + j] * inverse);
            }
        }
    }

    // What lies beyond the rows or channels that are there is zero: its products are.
    private static void LoadQueries<TX, TQueries, TForm>(AttentionArgsPortable args, ArrayView<float> piece, long from, int rows, int channels)
        where TX : struct, IElement
        where TQueries : struct, IQuerySource
        where TForm : struct, IAttentionForm
    {
        int lane = Group.IdxX & (TForm.Lanes - 1), row = Group.IdxX / TForm.Lanes;
        var to = piece.SubView((row * TForm.RowStride) + lane);
        from += (row * args.Step) + lane;
        for (int i = 0; i < TForm.Queries; i += TForm.Threads / TForm.Lanes)
        {
            for (int j = 0; j < TForm.Depth; j += TForm.Lanes)
            {
                bool isThere = row + i < rows & lane + j < channels;
                to[(i * TForm.RowStride) + j] = isThere ? TQueries.Load<TX>(args.Q, args.Inverted, from + j, args.Gamma) : 0;
            }

            from += TForm.Threads / TForm.Lanes * args.Step;
        }
    }

    private static void LoadKeys<TX, TForm>(AttentionArgsPortable args, ArrayView<float> piece, long from, int rows, int channels)
        where TX : struct, IElement
        where TForm : struct, IAttentionForm
    {
        int lane = Group.IdxX & (TForm.Lanes - 1), row = Group.IdxX / TForm.Lanes;
        var to = piece.SubView(TForm.KeyPiece + (row * TForm.RowStride) + lane);
        from += (row * args.Step) + lane;
        for (int i = 0; i < TForm.Keys; i += TForm.Threads / TForm.Lanes)
        {
            for (int j = 0; j < TForm.Depth; j += TForm.Lanes)
            {
                bool isThere = row + i < rows & lane + j < channels;
                to[(i * TForm.RowStride) + j] = isThere ? TX.Load(args.K, from + j) : 0;
            }

            from += TForm.Threads / TForm.Lanes * args.Step;
        }
    }

    private static void LoadValues<TX, TForm>(AttentionArgsPortable args, ArrayView<float> piece, long from, int rows, int channels)
        where TX : struct, IElement
        where TForm : struct, IAttentionForm
    {
        int lane = Group.IdxX & (TForm.ThreadColumns - 1), row = Group.IdxX / TForm.ThreadColumns;
        var to = piece.SubView((row * TForm.ValueStride) + lane);
        from += (row * args.Step) + lane;
        for (int i = 0; i < TForm.ValueKeys; i += TForm.ThreadRows)
        {
            for (int j = 0; j < TForm.Channels; j += TForm.ThreadColumns)
            {
                bool isThere = row + i < rows & lane + j < channels;
                to[(i * TForm.ValueStride) + j] = isThere ? TX.Load(args.V, from + j) : 0;
            }

            from += TForm.ThreadRows * args.Step;
        }
    }
}
