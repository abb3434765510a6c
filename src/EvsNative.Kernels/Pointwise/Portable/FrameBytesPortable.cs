using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Pictures between bytes and -1..1. The bytes come and go by way of temporary memory.
/// <code>
/// groups a thread for each element, 256 to a group
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

    private static Groups GroupsOf(long count) => new(checked((int)((count + GroupSize - 1) / GroupSize)));

    private Args Prepare(Tensor picture, out GpuBuffer buffer)
    {
        long count = picture.Shape.Count;
        var words = scratch.Rent(Shape.Vector(checked((int)((count + sizeof(float) - 1) / sizeof(float)))), ElementType.Float32);
        buffer = (GpuBuffer)words.Buffer;
        var bytes = new Operand { Memory = buffer.View, Offset = words.Offset * sizeof(float) };
        return new Args { Picture = picture.Operand(), Bytes = bytes, Count = count };
    }

    private static void FromKernel<TY>(Args args)
        where TY : struct, IElement
    {
        long i = ((long)Grid.IdxX * GroupSize) + Group.IdxX;
        if (i >= args.Count) return;

        // level / 127.5 - 1 with a single rounding.
        int level = args.Bytes.Memory[args.Bytes.Offset + i];
        TY.Store(args.Picture, i, ((2 * level) - 255) / 255f);
    }

    private static void ToKernel<TX>(Args args)
        where TX : struct, IElement
    {
        long i = ((long)Grid.IdxX * GroupSize) + Group.IdxX;
        if (i >= args.Count) return;
        float level = (127.5f * TX.Load(args.Picture, i)) + 128;

        // What is not a number is not larger than 0.
        level = level > 0 ? level : 0;
        args.Bytes.Memory[args.Bytes.Offset + i] = (byte)(int)(level < 255 ? level : 255);
    }

    private struct Args
    {
        public Operand Picture, Bytes;
        public long Count;
    }
}
