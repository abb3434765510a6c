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
        int depth = s.TakeOne("m16n8k16", "m16n8k8", "m16n8k4") switch
        {
            "m16n8k16" => 16,
            "m16n8k8" => 8,
            "m16n8k4" => 4,
            _ => throw s.Unsupported(),
        };
        var (c, b, a, d) = (s.TakeType(), s.TakeType(), s.TakeType(), s.TakeType());
        int perRegister = a == PtxType.Tf32 ? 1 : 2, sumRegisters = d == PtxType.F16 ? 2 : 4;
        var (sums, left, right, third) = (s.Destinations(0), s.Sources(1), s.Sources(2), s.Sources(3));
        bool isShape = a == PtxType.Tf32 ? depth <= 8 : depth >= 8;
        bool hasSums = d == c && (d == PtxType.F32 || (d == PtxType.F16 && a == PtxType.F16));
        if (a != b || !isShape || !hasSums || sums.Length != sumRegisters || third.Length != sumRegisters) throw s.Unsupported();
        if (left.Length != depth / (2 * perRegister) || right.Length != depth / (4 * perRegister)) throw s.Unsupported();
        return a switch
        {
            PtxType.F16 => new MultiplyMatricesInstruction<HalfElements>(sums, left, right, third, d == PtxType.F16),
            PtxType.Bf16 => new MultiplyMatricesInstruction<Bf16Elements>(sums, left, right, third, hasHalfSums: false),
            PtxType.Tf32 => new MultiplyMatricesInstruction<Tf32Elements>(sums, left, right, third, hasHalfSums: false),
            _ => throw s.Unsupported(),
        };
    }
}
