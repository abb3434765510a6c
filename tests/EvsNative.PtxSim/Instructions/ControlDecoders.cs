using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Decoders of branches, barriers and warp instructions.</summary>
internal static class ControlDecoders
{
    private const int Barriers = 16;

    public static PtxInstruction Jump(Decoding s)
    {
        var jump = new JumpInstruction(s.Take("uni"));
        s.Label(0, jump.Resolve);
        return jump;
    }

    public static PtxInstruction JumpTable(Decoding s)
    {
        if (!s.Take("idx")) throw s.Unsupported();
        var jump = new JumpTableInstruction(s.Take("uni"), s.Source(0));
        s.Table(1, jump.Resolve);
        return jump;
    }

    public static PtxInstruction Exit(Decoding s)
    {
        s.Ignore("uni");
        return new ExitInstruction();
    }

    public static PtxInstruction Barrier(Decoding s)
    {
        s.Ignore("cta", "aligned");
        if (s.Take("warp")) return s.Take("sync") ? new WarpBarrierInstruction(s.Source(0)) : throw s.Unsupported();
        if (!s.Take("sync")) throw s.Unsupported();
        int id = s.Constant(0);
        return id is >= 0 and < Barriers ? new BarrierInstruction(id) : throw s.Unsupported();
    }

    public static PtxInstruction Shuffle(Decoding s)
    {
        if (!s.Take("sync") || !s.Take("b32")) throw s.Unsupported();
        var mode = s.TakeOne("up", "down", "bfly", "idx") switch
        {
            "up" => Instructions.Shuffle.Up,
            "down" => Instructions.Shuffle.Down,
            "bfly" => Instructions.Shuffle.Butterfly,
            "idx" => Instructions.Shuffle.Index,
            _ => throw s.Unsupported(),
        };
        var (d, isInside) = s.DestinationPair(0);
        return new ShuffleInstruction(mode, d, isInside, s.Source(1), s.Source(2), s.Source(3), s.Source(4));
    }

    public static PtxInstruction Vote(Decoding s)
    {
        if (!s.Take("sync")) throw s.Unsupported();
        var type = s.TakeType();
        var vote = s.TakeOne("all", "any", "uni", "ballot") switch
        {
            "all" => Instructions.Vote.All,
            "any" => Instructions.Vote.Any,
            "uni" => Instructions.Vote.Uniform,
            "ballot" => Instructions.Vote.Ballot,
            _ => throw s.Unsupported(),
        };
        if (type != (vote == Instructions.Vote.Ballot ? PtxType.B32 : PtxType.Pred)) throw s.Unsupported();
        return new VoteInstruction(vote, s.Destination(0), s.Source(1), s.IsNegated(1), s.Source(2));
    }
}
