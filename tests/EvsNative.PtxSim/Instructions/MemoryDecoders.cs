using System.Numerics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Decoders of accesses to memory. Caches, scopes and orders make no difference here: barriers alone order.</summary>
internal static class MemoryDecoders
{
    private const int LongestVector = 16;

    private static readonly string[] Hints =
    [
        "volatile", "relaxed", "acquire", "release", "acq_rel", "sc", "weak", "cta", "cluster", "gpu", "sys", "ca", "cg", "cs", "lu", "cv",
        "wb", "wt", "nc",
    ];

    public static PtxInstruction Load(Decoding s)
    {
        s.Ignore(Hints);
        bool isParameter = s.Take("param");
        var space = isParameter ? Space.Generic : TakeSpace(s);
        int count = TakeVector(s);
        var type = s.TakeType();
        var destinations = s.Destinations(0);
        if (destinations.Length != count || type == PtxType.Pred || type.Bytes() * count > LongestVector) throw s.Unsupported();
        if (!isParameter) return new LoadInstruction(destinations, space, s.Address(1), type);
        var (parameter, offset) = s.Parameter(1);
        return new LoadParameterInstruction(destinations, parameter, offset, type);
    }

    public static PtxInstruction Store(Decoding s)
    {
        s.Ignore(Hints);
        var space = TakeSpace(s);
        int count = TakeVector(s);
        var type = s.TakeType();
        var sources = s.Sources(1);
        if (sources.Length != count || type == PtxType.Pred || type.Bytes() * count > LongestVector) throw s.Unsupported();
        return new StoreInstruction(space, s.Address(0), sources, type);
    }

    public static PtxInstruction Atomic(Decoding s) => Atomic(s, s.Destination(0), 1);

    public static PtxInstruction Reduce(Decoding s) => Atomic(s, null, 0);

    public static PtxInstruction Fence(Decoding s)
    {
        s.Ignore(Hints);
        s.Ignore("gl", "proxy", "async", "global", "shared", "alias");
        return new NoInstruction();
    }

    public static PtxInstruction AsyncCopy(Decoding s)
    {
        if (!s.Take("async")) throw s.Unsupported();
        if (s.Take("commit_group")) return new CommitCopiesInstruction();
        if (s.Take("wait_all")) return new WaitForCopiesInstruction(-1);
        if (s.Take("wait_group")) return new WaitForCopiesInstruction(s.Constant(0));
        bool isSixteen = s.Take("cg");
        if ((!isSixteen && !s.Take("ca")) || !s.Take("shared") || !s.Take("global")) throw s.Unsupported();
        s.Ignore();
        int bytes = s.Constant(2);
        if (bytes is not (4 or 8 or 16) || (isSixteen && bytes != 16)) throw s.Unsupported();
        return new AsyncCopyInstruction(s.Address(0), s.Address(1), bytes, s.OperandCount > 3 ? s.Source(3) : null);
    }

    private static PtxInstruction Atomic(Decoding s, Row? d, int at)
    {
        s.Ignore(Hints);
        var space = TakeSpace(s);
        string operation = s.TakeOne("add", "min", "max", "exch", "cas", "and", "or", "xor", "inc", "dec");
        var type = s.TakeType();
        return (operation, type) switch
        {
            ("add", PtxType.F16) => Number<Half>(),
            ("add", PtxType.F32) => Number<float>(),
            ("add", PtxType.F64) => Number<double>(),
            ("add" or "min" or "max", PtxType.S32) => Number<int>(),
            ("add" or "min" or "max", PtxType.U32) => Number<uint>(),
            ("add" or "min" or "max", PtxType.S64) => Number<long>(),
            ("add" or "min" or "max", PtxType.U64) => Number<ulong>(),
            ("inc", PtxType.U32) => Two<uint, Increment>(),
            ("dec", PtxType.U32) => Two<uint, Decrement>(),
            ("exch" or "cas" or "and" or "or" or "xor", _) => type.Bytes() switch
            {
                2 when operation == "cas" => Word<ushort>(),
                4 => Word<uint>(),
                8 => Word<ulong>(),
                _ => throw s.Unsupported(),
            },
            _ => throw s.Unsupported(),
        };

        PtxInstruction Number<T>()
            where T : unmanaged, INumber<T> => operation switch
            {
                "add" => Two<T, ForNumbers<T, Add>>(),
                "min" => Two<T, ForNumbers<T, Minimum>>(),
                _ => Two<T, ForNumbers<T, Maximum>>(),
            };

        PtxInstruction Word<T>()
            where T : unmanaged, INumber<T> => operation switch
            {
                "exch" => Two<T, Exchange<T>>(),
                "and" => Two<T, ForBits<T, And>>(),
                "or" => Two<T, ForBits<T, Or>>(),
                "xor" => Two<T, ForBits<T, Xor>>(),
                _ => new AtomicInstruction<T, CompareAndSwap<T>>(d, space, s.Address(at), s.Source(at + 1), s.Source(at + 2)),
            };

        PtxInstruction Two<T, TOperation>()
            where T : unmanaged
            where TOperation : struct, IBinary<T, T> =>
            new AtomicInstruction<T, Updated<T, TOperation>>(d, space, s.Address(at), s.Source(at + 1), s.Source(at + 1));
    }

    private static Space TakeSpace(Decoding s) => s.TakeOne("global", "shared", "local") switch
    {
        "global" => Space.Global,
        "shared" => Space.Shared,
        "local" => Space.Local,
        _ => Space.Generic,
    };

    private static int TakeVector(Decoding s) => s.TakeOne("v2", "v4") switch
    {
        "v2" => 2,
        "v4" => 4,
        _ => 1,
    };
}
