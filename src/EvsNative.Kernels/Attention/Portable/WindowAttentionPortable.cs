using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using ILGPU;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention in windows on any GPU, with a streaming softmax: a thread has a query.
/// <code>
/// groups  64 queries of one head of one window, all along x
/// keys    32 at a time to shared memory, with what a bias needs of them; four at a time to a thread's scores, which read what others read
/// result  o = o * factor + s v, sums in registers
/// reads   q once, k and v once for each 64 queries; biases from the caches; writes y once
/// floor   4 N C multiply-adds a query of a window of N tokens, of a shared load of 16 bytes to four
/// </code>
/// </summary>
internal sealed class WindowAttentionPortable(GpuRuntime gpu) : IOperation<WindowAttentionCall>
{
    private const int Queries = 64, Keys = 32, Together = 4, Channels = WindowAttentionCall.MostChannels, Fours = Channels / 4;
    private const float Log2E = 1.4426950408889634f, Hidden = 100;

    // Below every score, and still finite, so that differences are numbers.
    private const float Unseen = -3e38f;

    private readonly KernelVariants<WindowArgsPortable> _variants = new(gpu, typeof(WindowAttentionPortable));

    public void Run(in WindowAttentionCall call)
    {
        var (y, q, k, v, options) = call;
        var grid = WindowGrid.Of(q.Shape, options);
        int heads = options.Heads, headSize = q.Shape.C / heads, parts = (grid.Tokens + Queries - 1) / Queries;
        var args = new WindowArgsPortable
        {
            Y = y.Operand(),
            Q = q.Operand(),
            K = k.Operand(),
            V = v.Operand(),
            Near = options.Near.Operand(),
            Fragment = options.Fragment.Operand(options.Near),
            PaddedK = options.PaddedK.Operand(options.Near),
            PaddedV = options.PaddedV.Operand(options.Near),
            HasFragments = options.Fragment is null ? 0 : 1,
            Frames = grid.D.Extent,
            WholeD = grid.D.Whole,
            ShiftD = grid.D.Shift,
            Height = grid.H.Extent,
            WholeH = grid.H.Whole,
            ShiftH = grid.H.Shift,
            Width = grid.W.Extent,
            WholeW = grid.W.Whole,
            ShiftW = grid.W.Shift,
            Own = grid.Own,
            Tokens = grid.Tokens,
            Heads = heads,
            HeadSize = headSize,
            QueryParts = parts,
            Scale = Log2E / MathF.Sqrt(headSize),
        };
        int groups = checked(q.Shape.N / options.Frames * grid.Windows * heads * parts);
        _variants.Get(Queries, q.Type.Policy()).Launch(new Groups(groups), args);
    }

    private static void Kernel<TX>(WindowArgsPortable args)
        where TX : struct, IElement
    {
        var keys = SharedMemory.Allocate<Four>(Keys * Fours);
        var values = SharedMemory.Allocate<Four>(Keys * Fours);
        var rows = SharedMemory.Allocate<long>(Keys);
        var numbers = SharedMemory.Allocate<int>(Keys);
        var fragments = SharedMemory.Allocate<int>(Keys);
        var regions = SharedMemory.Allocate<int>(Keys);
        var q = LocalMemory.Allocate<Four>(Fours);
        var o = LocalMemory.Allocate<Four>(Fours);
        var s = LocalMemory.Allocate<float>(Together);

        int group = Grid.IdxX, thread = Group.IdxX, query = (group % args.QueryParts * Queries) + thread;
        group /= args.QueryParts;
        int head = group % args.Heads, window = group / args.Heads;
        var grid = WindowGridPortable.Of(args);
        var own = WindowTokenPortable.Of(grid, window, IntrinsicMath.Min(query, args.Tokens - 1));
        int first = head * args.HeadSize, channels = args.Heads * args.HeadSize;
        long mine = (own.Row * channels) + first;
        for (int i = 0; i < Fours; i++)
        {
            o[i] = default;
            q[i] = Four.Of(
                Query<TX>(args, own, mine, 4 * i), Query<TX>(args, own, mine, (4 * i) + 1),
                Query<TX>(args, own, mine, (4 * i) + 2), Query<TX>(args, own, mine, (4 * i) + 3));
        }

        float largest = Unseen, total = 0;
        for (int firstKey = 0; firstKey < args.Tokens; firstKey += Keys)
        {
            int count = IntrinsicMath.Min(Keys, args.Tokens - firstKey), loaded = (count + Together - 1) / Together * Together;
            if (thread < Keys)
            {
                var key = WindowTokenPortable.Of(grid, window, IntrinsicMath.Min(firstKey + thread, args.Tokens - 1));
                rows[thread] = key.Row;
                numbers[thread] = key.Number;
                fragments[thread] = key.Fragments;
                regions[thread] = key.Region;
            }

            Threads.Wait();
            Load<TX>(args, keys.Cast<float>(), args.K, args.PaddedK, rows, loaded, first, channels);
            Load<TX>(args, values.Cast<float>(), args.V, args.PaddedV, rows, loaded, first, channels);
            Threads.Wait();
            for (int key = 0; key < count; key += Together)
            {
                float before = largest;
                for (int j = 0; j < Together; j++)
                {
                    var sum = default(Four);
                    for (int i = 0; i < Fours; i++) sum += q[i] * keys[((key + j) * Fours) + i];
                    float bias = Bias(args, own, head, numbers[key + j], fragments[key + j], regions[key + j]);
                    float score = ((sum.A + sum.B + (sum.C + sum.D)) * args.Scale) + (bias * Log2E);
                    s[j] = key + j < count ? score : Unseen;
                    largest = IntrinsicMath.Max(largest, s[j]);
                }

                float factor = PtxIntrinsics.Exp2(before - largest);
                total *= factor;
                for (int i = 0; i < Fours; i++) o[i] *= factor;
                for (int j = 0; j < Together; j++)
                {
                    float weight = PtxIntrinsics.Exp2(s[j] - largest);
                    total += weight;
                    for (int i = 0; i < Fours; i++) o[i] += values[((key + j) * Fours) + i] * weight;
                }
            }

            Threads.Wait();
        }

        if (query >= args.Tokens | own.Row < 0) return;
        float inverse = 1 / total;
        for (int i = 0; i < Fours; i++)
        {
            var result = o[i] * inverse;
            Store<TX>(args, mine, 4 * i, result.A);
            Store<TX>(args, mine, (4 * i) + 1, result.B);
            Store<TX>(args, mine, (4 * i) + 2, result.C);
            Store<TX>(args, mine, (4 * i) + 3, result.D);
        }
    }

    /// <summary>A channel of a thread's query; beyond the head's channels zero, so that its products are.</summary>
    private static float Query<TX>(WindowArgsPortable args, WindowTokenPortable own, long from, int channel)
        where TX : struct, IElement =>
        channel < args.HeadSize & own.Row >= 0 ? TX.Load(args.Q, from + channel) : 0;

    private static void Store<TX>(WindowArgsPortable args, long to, int channel, float value)
        where TX : struct, IElement
    {
        if (channel < args.HeadSize) TX.Store(args.Y, to + channel, value);
    }

    /// <summary>Brings the rows of some tokens to shared memory; what stands for padding is float32.</summary>
    private static void Load<TX>(
        WindowArgsPortable args, ArrayView<float> to, Operand x, Operand padding, ArrayView<long> rows, int count, int first, int channels)
        where TX : struct, IElement
    {
        int channel = Group.IdxX & (Channels - 1);
        for (int i = Group.IdxX / Channels; i < count; i += Queries / Channels)
        {
            long row = rows[i];
            float value = 0;
            if (channel < args.HeadSize)
            {
                value = row >= 0 ? TX.Load(x, (row * channels) + first + channel) : Float32Element.Load(padding, first + channel);
            }

            to[(i * Channels) + channel] = value;
        }
    }

    private static float Bias(WindowArgsPortable args, WindowTokenPortable own, int head, int number, int fragments, int region)
    {
        long at = ((long)(own.Number - number + args.Own) * args.Heads) + head;
        float bias = Float32Element.Load(args.Near, at);
        if (args.HasFragments != 0)
        {
            float within = Float32Element.Load(args.Fragment, at);
            bias = within + (WindowTokenPortable.Distance(own.Fragments, fragments) * (bias - within));
        }

        return region == own.Region ? bias : bias - Hidden;
    }
}
