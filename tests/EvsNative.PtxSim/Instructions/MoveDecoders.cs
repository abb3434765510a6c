using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Decoders of moves.</summary>
internal static class MoveDecoders
{
    public static PtxInstruction Move(Decoding s)
    {
        var type = s.TakeType();
        if (s.IsVector(0))
        {
            var parts = s.Destinations(0);
            return new UnpackInstruction(parts, s.Source(1), PartBits(s, type, parts.Length));
        }

        if (s.IsVector(1))
        {
            var parts = s.Sources(1);
            return new PackInstruction(s.Destination(0), parts, PartBits(s, type, parts.Length));
        }

        return new MoveInstruction(s.Destination(0), s.Source(1));
    }

    public static PtxInstruction ConvertAddress(Decoding s)
    {
        bool isToSpace = s.Take("to");
        ulong window = s.TakeOne("global", "shared", "local") switch
        {
            "global" => 0,
            "shared" => MemoryUnit.SharedWindow,
            "local" => MemoryUnit.LocalWindow,
            _ => throw s.Unsupported(),
        };
        if (s.TakeType() != PtxType.U64) throw s.Unsupported();
        return new ConvertAddressInstruction(s.Destination(0), s.Source(1), isToSpace ? 0 - window : window);
    }

    private static int PartBits(Decoding s, PtxType type, int parts)
    {
        int bits = type.Bytes() * 8 / parts;
        return parts is 2 or 4 && bits >= 8 ? bits : throw s.Unsupported();
    }
}
