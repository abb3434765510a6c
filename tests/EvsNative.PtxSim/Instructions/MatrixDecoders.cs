using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Decoders of <c>ldmatrix</c> and <c>mma</c>.</summary>
internal static class MatrixDecoders
{
    public static PtxInstruction Load(Decoding s)
    {
        if (!s.Take("sync") || !s.Take("aligned") || !s.Take("m8n8") || !s.Take("b16")) throw s.Unsupported();
        int count = s.TakeOne("x1", "x2", "x4") switch
        {
            "x1" => 1,
            "x2" => 2,
            "x4" => 4,
            _ => throw s.Unsupported(),
        };
        bool isTransposed = s.Take("trans");
        var space = s.Take("shared") ? Space.Shared : Space.Generic;
        var destinations = s.Destinations(0);
        return destinations.Length == count
            ? new LoadMatrixInstruction(destinations, space, s.Address(1), isTransposed)
            : throw s.Unsupported();
    }

    public static PtxInstruction Multiply(Decoding s)
    {
        if (!s.Take("sync") || !s.Take("aligned") || !s.Take("row") || !s.Take("col")) throw s.Unsupported();
        int depth = s.TakeOne("m16n8k16", "m16n8k8") switch
        {
            "m16n8k16" => 16,
            "m16n8k8" => 8,
            _ => throw s.Unsupported(),
        };
        var (c, b, a, d) = (s.TakeType(), s.TakeType(), s.TakeType(), s.TakeType());
        if (d != PtxType.F32 || c != PtxType.F32 || a != b || a is not (PtxType.F16 or PtxType.Bf16)) throw s.Unsupported();
        var (sums, left, right, third) = (s.Destinations(0), s.Sources(1), s.Sources(2), s.Sources(3));
        if (sums.Length != 4 || left.Length != depth / 4 || right.Length != depth / 8 || third.Length != 4) throw s.Unsupported();
        return new MultiplyMatricesInstruction(sums, left, right, third, a == PtxType.Bf16);
    }
}
