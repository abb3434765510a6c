using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Motion;

/// <summary>
/// Products of a pixel with what lies around a place of a level; a launch for each level.
/// <code>
/// groups four pixels of 64 threads each
/// first  a product with each whole pixel around the place, all channels by one thread; to shared memory
/// then   a blend of four of them for each place around, since all share one fraction
/// reads  a and the level by 16 bytes where channels allow it, from the caches after the first time; writes y once
/// </code>
/// </summary>
/// <param name="gpu">where they run</param>
/// <param name="caps">the device to plan for; the GPU itself if absent</param>
internal sealed class LookupPortable(GpuRuntime gpu, GpuCaps? caps = null) : IOperation<LookupCall>
{
    private const int GroupSize = 256, ThreadsEach = 64, Pixels = GroupSize / ThreadsEach;
    private const int MostCorners = 4 * (LookupCall.MostRadius + 1) * (LookupCall.MostRadius + 1);

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(LookupPortable));

    public void Run(in LookupCall call)
    {
        Tensor y = call.Y, a = call.A, flow = call.Flow;
        var s = a.Shape;
        int count = checked((int)s.Rows), side = (2 * call.Radius) + 1;
        for (int level = 0; level < call.Levels.Length; level++)
        {
            var b = call.Levels[level];
            int width = Packs.Width(caps ?? gpu.Caps, a.Type, s.C, Packs.IsAligned(a) && Packs.IsAligned(b));
            var args = new Args
            {
                Y = y.Operand(),
                A = a.Operand(),
                B = b.Operand(),
                Flow = flow.Operand(),
                Count = count,
                Height = s.H,
                Width = s.W,
                LevelHeight = b.Shape.H,
                LevelWidth = b.Shape.W,
                Packs = s.C / width,
                FlowChannels = flow.Shape.C,
                Channel = call.Channel,
                Radius = call.Radius,
                Results = y.Shape.C,
                First = level * side * side,
                Scale = call.Scale,
                Size = 1f / (1 << level),
                Root = 1 / MathF.Sqrt(s.C),
            };
            _variants.Get(GroupSize, a.Type.Policy(), Packs.Of(a.Type, width)).Launch(new Groups((count + Pixels - 1) / Pixels), args);
        }
    }

    private static void Kernel<TY, TPack>(Args args)
        where TY : struct, IElement
        where TPack : struct, IPack
    {
        var products = SharedMemory.Allocate<float>(Pixels * MostCorners);
        var words = LocalMemory.Allocate<uint>(2 * TPack.Words);
        int own = Group.IdxX / ThreadsEach, lane = Group.IdxX & (ThreadsEach - 1);
        int pixel = IntrinsicMath.Min((Grid.IdxX * Pixels) + own, args.Count - 1), row = pixel / args.Width, image = row / args.Height;
        long flow = ((long)pixel * args.FlowChannels) + args.Channel;
        float across = Place(args, pixel - (row * args.Width), flow, args.LevelWidth);
        float down = Place(args, row - (image * args.Height), flow + 1, args.LevelHeight);

        // What is no number becomes any whole number where it is converted, and stays none in the shares.
        int left = KernelMath.Floor(across), top = KernelMath.Floor(down);
        float x = across - left, z = down - top;
        left = IntrinsicMath.Clamp(left, -args.Radius - 2, args.LevelWidth + args.Radius + 1) - args.Radius;
        top = IntrinsicMath.Clamp(top, -args.Radius - 2, args.LevelHeight + args.Radius + 1) - args.Radius;

        int side = (2 * args.Radius) + 1, corners = side + 1;
        for (int corner = lane; corner < corners * corners; corner += ThreadsEach)
        {
            int s = corner / corners, column = left + s, line = top + corner - (s * corners);
            float sum = 0;
            if (column >= 0 & column < args.LevelWidth & line >= 0 & line < args.LevelHeight)
            {
                long from = (long)pixel * args.Packs;
                long with = ((((long)image * args.LevelHeight) + line) * args.LevelWidth + column) * args.Packs;
                for (int c = 0; c < args.Packs; c++)
                {
                    TPack.Load(words, 0, args.A, (from + c) * TPack.Count);
                    TPack.Load(words, TPack.Words, args.B, (with + c) * TPack.Count);
                    for (int k = 0; k < TPack.Count; k += 4)
                    {
                        var both = TPack.Widen(words, 0, k) * TPack.Widen(words, TPack.Words, k);
                        sum += both.A + both.B + (both.C + both.D);
                    }
                }
            }

            products[(own * MostCorners) + corner] = sum * args.Root;
        }

        Threads.Wait();
        if ((Grid.IdxX * Pixels) + own >= args.Count) return;
        for (int tap = lane; tap < side * side; tap += ThreadsEach)
        {
            int s = tap / side, at = (own * MostCorners) + (s * corners) + tap - (s * side);
            float near = ((1 - z) * products[at]) + (z * products[at + 1]);
            float far = ((1 - z) * products[at + corners]) + (z * products[at + corners + 1]);
            TY.Store(args.Y, ((long)pixel * args.Results) + args.First + tap, ((1 - x) * near) + (x * far));
        }
    }

    /// <summary>A place along an axis of the level; beyond the bounds nothing is seen.</summary>
    private static float Place(Args args, int own, long flow, int extent) => KernelMath.Within(
        (own + (args.Scale * Float32Element.Load(args.Flow, flow))) * args.Size, -args.Radius - 2, extent + args.Radius + 1);

    private struct Args
    {
        public Operand Y, A, B, Flow;
        public int Count, Height, Width, LevelHeight, LevelWidth, Packs, FlowChannels, Channel, Radius, Results, First;
        public float Scale, Size, Root;
    }
}
