using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Pictures between bytes and -1..1. The bytes come and go by way of temporary memory.
/// <code>
/// groups a thread for four elements, 256 to a group
/// </code>
/// </summary>
internal sealed class FrameBytesPortable(GpuRuntime gpu, Scratch scratch) : IOperation<FromBytesCall>, IOperation<ToBytesCall>
{
    private const int GroupSize = 256;

    private readonly KernelVariants<Args> _from = new(gpu, typeof(FrameBytesPortable), nameof(FromKernel));
    private readonly KernelVariants<Args> _to = new(gpu, typeof(FrameBytesPortable), nameof(ToKernel));

    public void Run(in FromBytesCall call)
    {
        var mark = scratch.Here();
        var args = Prepare(call.Y, out var buffer);
        gpu.Write(buffer, args.Bytes.Offset, call.Rgb);
        _from.Get(GroupSize, call.Y.Type.Policy()).Launch(GroupsOf(args.Count), args);
        scratch.Release(mark);
    }

    public void Run(in ToBytesCall call)
    {
        var mark = scratch.Here();
        var args = Prepare(call.X, out var buffer);
        _to.Get(GroupSize, call.X.Type.Policy()).Launch(GroupsOf(args.Count), args);
        gpu.Read(buffer, args.Bytes.Offset, call.Rgb);
        scratch.Release(mark);
    }

    private static Groups GroupsOf(long count) => new(checked((int)((count + (4 * GroupSize) - 1) / (4 * GroupSize))));

    private Args Prepare(Tensor picture, out GpuBuffer buffer)
    {
        long count = picture.Shape.Count;
        var words = scratch.Rent(Shape.Vector(checked((int)((count + sizeof(float) - 1) / sizeof(float)))), ElementType.Float32);
        buffer = (GpuBuffer)words.Buffer;
        var bytes = new Operand { Memory = buffer.View, Offset = words.Offset * sizeof(float) };
        return new Args { Picture = picture.Operand(), Bytes = bytes, Count = count, IsAligned = Packs.IsAligned(picture) ? 1 : 0 };
    }

    private static void FromKernel<TY>(Args args)
        where TY : struct, IElement
    {
        long i = 4 * (((long)Grid.IdxX * GroupSize) + Group.IdxX);
        if (args.IsAligned != 0 & i + 4 <= args.Count)
        {
            uint word = args.Bytes.Memory.Cast<uint>()[(args.Bytes.Offset + i) >> 2];
            var values = Four.Of(Value(word & 0xff), Value((word >> 8) & 0xff), Value((word >> 16) & 0xff), Value(word >> 24));
            TY.StoreFour(args.Picture, i, values);
            return;
        }

        for (long k = i; k < IntrinsicMath.Min(i + 4, args.Count); k++)
            TY.Store(args.Picture, k, Value(args.Bytes.Memory[args.Bytes.Offset + k]));
    }

    /// <summary>level / 127.5 - 1 with a single rounding.</summary>
    private static float Value(uint level) => ((2 * (int)level) - 255) / 255f;

    private static void ToKernel<TX>(Args args)
        where TX : struct, IElement
    {
        long i = 4 * (((long)Grid.IdxX * GroupSize) + Group.IdxX), last = args.Count - 1;
        if (i > last) return;
        var values = args.IsAligned != 0 & i + 3 <= last ? TX.LoadFour(args.Picture, i) : Four.Of(
            TX.Load(args.Picture, i), TX.Load(args.Picture, IntrinsicMath.Min(i + 1, last)),
            TX.Load(args.Picture, IntrinsicMath.Min(i + 2, last)), TX.Load(args.Picture, IntrinsicMath.Min(i + 3, last)));
        args.Bytes.Memory.Cast<uint>()[(args.Bytes.Offset + i) >> 2] =
            Level(values.A) | (Level(values.B) << 8) | (Level(values.C) << 16) | (Level(values.D) << 24);
    }

    private static uint Level(float value)
    {
        float level = (127.5f * value) + 128;

        // What is not a number is not larger than 0.
        level = level > 0 ? level : 0;
        return (uint)(int)(level < 255 ? level : 255);
    }

    private struct Args
    {
        public Operand Picture, Bytes;
        public long Count;
        public int IsAligned;
    }
}
