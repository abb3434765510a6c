using System.Runtime.InteropServices;
using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Pointwise;

/// <summary>
/// Words and their positions added.
/// <code>
/// groups token x 256 channels
/// reads  a row of the table and one of the positions for each token, the ids by way of temporary memory
/// writes y once
/// </code>
/// </summary>
internal sealed class EmbedPortable(GpuRuntime gpu, Scratch scratch) : IOperation<EmbedCall>
{
    private const int GroupSize = 256;

    private readonly KernelVariants<Args> _variants = new(gpu, typeof(EmbedPortable));

    public void Run(in EmbedCall call)
    {
        var y = call.Y;
        var ids = call.Ids;
        var mark = scratch.Here();
        var numbers = scratch.Rent(Shape.Vector(ids.Length), ElementType.Float32);
        gpu.Write((GpuBuffer)numbers.Buffer, numbers.Offset * sizeof(int), MemoryMarshal.AsBytes(ids));
        var args = new Args
        {
            Y = y.Operand(),
            Table = call.Table.Operand(),
            Positions = call.Positions.Operand(),
            Ids = numbers.Operand(),
            Tokens = y.Shape.W,
            Channels = y.Shape.C,
        };
        _variants.Get(GroupSize, y.Type.Policy()).Launch(new Groups(ids.Length, (y.Shape.C + GroupSize - 1) / GroupSize), args);
        scratch.Release(mark);
    }

    private static void Kernel<TY>(Args args)
        where TY : struct, IElement
    {
        int row = Grid.IdxX, c = (Grid.IdxY * GroupSize) + Group.IdxX;
        if (c >= args.Channels) return;
        long word = args.Ids.Memory.Cast<int>()[args.Ids.Offset + row], position = row % args.Tokens;
        float own = Float32Element.Load(args.Table, (word * args.Channels) + c);
        float placed = own + Float32Element.Load(args.Positions, (position * args.Channels) + c);
        TY.Store(args.Y, ((long)row * args.Channels) + c, placed);
    }

    private struct Args
    {
        public Operand Y, Table, Positions, Ids;
        public int Tokens, Channels;
    }
}
