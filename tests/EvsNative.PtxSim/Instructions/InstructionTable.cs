using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>
/// Which instruction an opcode is. A family of opcodes is a class with decoders; adding one means adding its opcodes here.
/// </summary>
internal static class InstructionTable
{
    private static readonly Dictionary<string, Func<Decoding, PtxInstruction>> Decoders = new()
    {
        ["add"] = ArithmeticDecoders.Binary<Add>,
        ["sub"] = ArithmeticDecoders.Binary<Subtract>,
        ["div"] = ArithmeticDecoders.Binary<Divide>,
        ["rem"] = ArithmeticDecoders.Binary<Remainder>,
        ["min"] = ArithmeticDecoders.Extreme<Minimum, MinimumOrNaN>,
        ["max"] = ArithmeticDecoders.Extreme<Maximum, MaximumOrNaN>,
        ["copysign"] = ArithmeticDecoders.CopySign,
        ["neg"] = ArithmeticDecoders.Unary<Negate>,
        ["abs"] = ArithmeticDecoders.Unary<Absolute>,
        ["mul"] = ArithmeticDecoders.Multiply,
        ["mad"] = ArithmeticDecoders.MultiplyAdd,
        ["fma"] = ArithmeticDecoders.FusedMultiplyAdd,
        ["sqrt"] = ArithmeticDecoders.Float<Root>,
        ["rsqrt"] = ArithmeticDecoders.Float<ReciprocalRoot>,
        ["rcp"] = ArithmeticDecoders.Float<Reciprocal>,
        ["ex2"] = ArithmeticDecoders.Float<PowerOfTwo>,
        ["lg2"] = ArithmeticDecoders.Float<BinaryLogarithm>,
        ["sin"] = ArithmeticDecoders.Float<Sine>,
        ["cos"] = ArithmeticDecoders.Float<Cosine>,
        ["tanh"] = ArithmeticDecoders.Float<HyperbolicTangent>,
        ["and"] = BitDecoders.Logic<And>,
        ["or"] = BitDecoders.Logic<Or>,
        ["xor"] = BitDecoders.Logic<Xor>,
        ["not"] = BitDecoders.Not,
        ["shl"] = BitDecoders.ShiftLeft,
        ["shr"] = BitDecoders.ShiftRight,
        ["popc"] = BitDecoders.CountBits,
        ["clz"] = BitDecoders.CountLeadingZeros,
        ["brev"] = BitDecoders.ReverseBits,
        ["bfe"] = BitDecoders.Extract,
        ["bfi"] = BitDecoders.Insert,
        ["prmt"] = BitDecoders.Permute,
        ["setp"] = CompareDecoders.Compare,
        ["testp"] = CompareDecoders.Test,
        ["selp"] = CompareDecoders.Select,
        ["cvt"] = ConversionDecoders.Convert,
        ["mov"] = MoveDecoders.Move,
        ["cvta"] = MoveDecoders.ConvertAddress,
        ["ld"] = MemoryDecoders.Load,
        ["st"] = MemoryDecoders.Store,
        ["atom"] = MemoryDecoders.Atomic,
        ["red"] = MemoryDecoders.Reduce,
        ["cp"] = MemoryDecoders.AsyncCopy,
        ["membar"] = MemoryDecoders.Fence,
        ["fence"] = MemoryDecoders.Fence,
        ["bra"] = ControlDecoders.Jump,
        ["brx"] = ControlDecoders.JumpTable,
        ["ret"] = ControlDecoders.Exit,
        ["exit"] = ControlDecoders.Exit,
        ["bar"] = ControlDecoders.Barrier,
        ["barrier"] = ControlDecoders.Barrier,
        ["shfl"] = ControlDecoders.Shuffle,
        ["vote"] = ControlDecoders.Vote,
        ["ldmatrix"] = MatrixDecoders.Load,
        ["mma"] = MatrixDecoders.Multiply,
    };

    /// <summary>Decodes a statement.</summary>
    /// <exception cref="PtxSyntaxException">the opcode, a modifier or an operand is not understood</exception>
    public static PtxInstruction Decode(Decoding decoding) =>
        Decoders.TryGetValue(decoding.Name, out var decode) ? decoding.Finish(decode(decoding)) : throw decoding.Unsupported();
}
