using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Algorithms;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Standard normal numbers, the same as the processor's (see <see cref="NoiseCpu"/>) but for rounding: logarithm, sine and cosine are our own, since
/// those of devices differ and some are good to six digits only.
/// <code>
/// groups a thread for four numbers of an image, 256 to a group; x image
/// writes y once
/// </code>
/// </summary>
internal sealed class NoisePortable(GpuRuntime gpu) : IOperation<NoiseCall>
{
    private const int GroupSize = 256;
    private const int QuarterTurn = 1 << 22;

    // The bits of sqrt(1 / 2).
    private const uint RootHalf = 0x3f3504f3;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(NoisePortable));

    public void Run(in NoiseCall call)
    {
        var (y, key) = call;
        int count = checked((int)(y.Shape.Count / y.Shape.N));
        var args = new Args
        {
            Y = y.Operand(),
            Key0 = (uint)key.Seed,
            Key1 = (uint)(key.Seed >> 32),
            Stage = (uint)key.Stage,
            FirstFrame = key.FirstFrame,
            Count = count,
            Own = (float)Math.Sqrt(1.0 - key.Shared),
            Shared = (float)Math.Sqrt(key.Shared),
        };
        _variants.Get(GroupSize).Launch(new Groups((int)((count + (4L * GroupSize) - 1) / (4 * GroupSize)), y.Shape.N), args);
    }

    private static void Kernel(Args args)
    {
        int block = (Grid.IdxX * GroupSize) + Group.IdxX, i = 4 * block;
        if (i >= args.Count) return;
        Four own = default, shared = default;
        if (args.Own != 0) own = Normals(args, block, args.FirstFrame + Grid.IdxY, 0);
        if (args.Shared != 0) shared = Normals(args, block, 0, 1);
        long at = ((long)Grid.IdxY * args.Count) + i;
        Float32Element.Store(args.Y, at, (args.Own * own.A) + (args.Shared * shared.A));
        if (i + 1 < args.Count) Float32Element.Store(args.Y, at + 1, (args.Own * own.B) + (args.Shared * shared.B));
        if (i + 2 < args.Count) Float32Element.Store(args.Y, at + 2, (args.Own * own.C) + (args.Shared * shared.C));
        if (i + 3 < args.Count) Float32Element.Store(args.Y, at + 3, (args.Own * own.D) + (args.Shared * shared.D));
    }

    private static Four Normals(Args args, int block, int frame, uint isShared)
    {
        var words = Philox.Words((uint)block, (uint)frame, args.Stage, isShared, args.Key0, args.Key1);
        int turns = (int)(words.W1 >> 8), otherTurns = (int)(words.W3 >> 8);
        float first = Radius(words.W0), second = Radius(words.W2);
        return Four.Of(first * Sine(turns + QuarterTurn), first * Sine(turns), second * Sine(otherTurns + QuarterTurn), second * Sine(otherTurns));
    }

    /// <summary>sqrt(-2 ln u), u in (0, 1] from 32 bits.</summary>
    private static float Radius(uint word)
    {
        const float Unit = 1f / (1L << 32);
        float u = (((int)(word >> 16) * 65536f) + (int)(word & 0xffff)) * Unit;
        return XMath.Sqrt(-2 * Logarithm(u + (0.5f * Unit)));
    }

    /// <summary>ln u for normal u: that of the power of two, and 2 artanh((m - 1) / (m + 1)) of the rest within 1 / sqrt 2 .. sqrt 2.</summary>
    private static float Logarithm(float u)
    {
        uint bits = Interop.FloatAsInt(u) - RootHalf;
        int exponent = (int)bits >> 23;
        float m = Interop.IntAsFloat((bits & 0x7fffff) + RootHalf), s = (m - 1) / (m + 1), t = s * s;
        return (exponent * 0.693147181f) + (2 * s * (1 + (t * ((1f / 3) + (t * ((1f / 5) + (t * ((1f / 7) + (t * (1f / 9))))))))));
    }

    /// <summary>The sine of a number of turns, in units of 2^-24, by the series of sine or cosine within an eighth of a turn around 0.</summary>
    private static float Sine(int turns)
    {
        // Nothing overflows: where it does, OpenCL's integers may do as they like.
        int quarter = (turns + (QuarterTurn / 2)) / QuarterTurn;
        float x = (turns - (quarter * QuarterTurn)) * (6.28318531f / (1 << 24)), z = x * x;
        float sine = x * (1 - (z * (1f / 6) * (1 - (z * (1f / 20) * (1 - (z * (1f / 42) * (1 - (z * (1f / 72)))))))));
        float cosine = 1 - (z * 0.5f * (1 - (z * (1f / 12) * (1 - (z * (1f / 30) * (1 - (z * (1f / 56))))))));
        float value = (quarter & 1) == 0 ? sine : cosine;
        return (quarter & 2) == 0 ? value : -value;
    }

    private struct Args
    {
        public Operand Y;
        public uint Key0, Key1, Stage;
        public int FirstFrame, Count;
        public float Own, Shared;
    }
}
