using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Standard normal numbers, by <see cref="Gaussian"/>.
/// <code>
/// groups a thread for four numbers of an image, 256 to a group; x image
/// writes y once, 16 bytes at once where images begin at multiples of 16 bytes
/// </code>
/// </summary>
internal sealed class NoisePortable(GpuRuntime gpu) : IOperation<NoiseCall>
{
    private const int GroupSize = 256;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(NoisePortable));

    public void Run(in NoiseCall call)
    {
        var (y, key) = call;
        int count = checked((int)(y.Shape.Count / y.Shape.N));
        var args = new Args
        {
            Y = y.Operand(),
            SeedLow = (uint)key.Seed,
            SeedHigh = (uint)(key.Seed >> 32),
            Draw = (uint)key.Draw,
            FirstFrame = key.FirstFrame,
            Count = count,
            IsWhole = count % 4 == 0 && Packs.IsAligned(y) ? 1 : 0,
            Own = Gaussian.Weight(1.0 - key.Shared),
            Shared = Gaussian.Weight(key.Shared),
        };
        _variants.Get(GroupSize).Launch(new Groups((int)((count + (4L * GroupSize) - 1) / (4 * GroupSize)), y.Shape.N), args);
    }

    private static void Kernel(Args args)
    {
        int block = (Grid.IdxX * GroupSize) + Group.IdxX, i = 4 * block;
        if (i >= args.Count) return;
        var seed = (args.SeedLow, args.SeedHigh);
        Normals own = default, shared = default;
        if (args.Own != 0) own = Gaussian.Four(seed, args.Draw, block, args.FirstFrame + Grid.IdxY, 0);
        if (args.Shared != 0) shared = Gaussian.Four(seed, args.Draw, block, 0, 1);
        long at = ((long)Grid.IdxY * args.Count) + i;
        if (args.IsWhole != 0)
        {
            args.Y.Memory.Cast<FourWords>()[(args.Y.Offset + at) >> 2] = new FourWords
            {
                A = Mix(args, own.A, shared.A),
                B = Mix(args, own.B, shared.B),
                C = Mix(args, own.C, shared.C),
                D = Mix(args, own.D, shared.D),
            };
            return;
        }

        Store(args, at, own.A, shared.A);
        if (i + 1 < args.Count) Store(args, at + 1, own.B, shared.B);
        if (i + 2 < args.Count) Store(args, at + 2, own.C, shared.C);
        if (i + 3 < args.Count) Store(args, at + 3, own.D, shared.D);
    }

    private static void Store(Args args, long at, int own, int shared) =>
        args.Y.Memory.Cast<uint>()[args.Y.Offset + at] = Mix(args, own, shared);

    private static uint Mix(Args args, int own, int shared) => Gaussian.Mix(args.Own, own, args.Shared, shared);

    private struct Args
    {
        public Operand Y;
        public uint SeedLow, SeedHigh, Draw;
        public int FirstFrame, Count, IsWhole;
        public long Own, Shared;
    }
}
