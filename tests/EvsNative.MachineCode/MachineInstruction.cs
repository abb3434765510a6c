using System.Globalization;

namespace EvsNative.MachineCode;

/// <summary>An instruction of a GPU's machine code (SASS), as NVIDIA's disassembler writes it.</summary>
/// <param name="Address">in bytes from the kernel's beginning</param>
/// <param name="Guard">such as <c>@!P0</c>, or empty</param>
/// <param name="Opcode">with its suffixes, such as <c>LDGSTS.E.BYPASS.128</c></param>
/// <param name="Operands">the rest</param>
public sealed record MachineInstruction(int Address, string Guard, string Opcode, string Operands)
{
    /// <summary>The opcode up to its first suffix.</summary>
    public string Name { get; } = Opcode.Split('.')[0];

    /// <summary>What it is for.</summary>
    public MachineKind Kind { get; } = KindOf(Opcode.Split('.')[0], Opcode, Operands);

    /// <summary>Bytes of a thread that an access of memory moves; 0 for others.</summary>
    public int Bytes => Kind is not (MachineKind.SharedLoad or MachineKind.SharedStore or MachineKind.GlobalLoad or MachineKind.GlobalStore
        or MachineKind.AsyncCopy or MachineKind.Local) ? 0
        : Has("128") ? 16 : Has("64") ? 8 : Has("U16") || Has("S16") ? 2 : Has("U8") || Has("S8") ? 1 : 4;

    /// <summary>Where a branch goes; null for others.</summary>
    public int? Target => Name != "BRA" || Operands.LastIndexOf("0x", StringComparison.Ordinal) is not (>= 0 and var at) ? null
        : int.Parse(Operands.AsSpan(at + 2).TrimEnd(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>True if what stands behind it may run next.</summary>
    public bool FallsThrough => Guard.Length > 0 || Name is not ("BRA" or "EXIT" or "RET" or "BRX" or "JMP")
        || (Name == "BRA" && Operands.Contains('P', StringComparison.Ordinal));

    private bool Has(string suffix) => Opcode.Split('.').Contains(suffix);

    private static MachineKind KindOf(string name, string opcode, string operands) => name switch
    {
        "HMMA" or "HGMMA" or "IMMA" => MachineKind.Product,
        "LDSM" => MachineKind.FragmentLoad,

        // The assembler puts three that do nothing before the first copy of a group.
        "LDS" when operands.StartsWith("RZ", StringComparison.Ordinal) => MachineKind.Other,
        "LDS" => MachineKind.SharedLoad,
        "STS" or "ATOMS" => MachineKind.SharedStore,
        "LDG" or "LD" => MachineKind.GlobalLoad,
        "STG" or "ST" or "ATOMG" or "RED" => MachineKind.GlobalStore,
        "LDGSTS" => MachineKind.AsyncCopy,
        "LDL" or "STL" => MachineKind.Local,
        "LDC" or "ULDC" => MachineKind.Constant,
        "MUFU" or "I2F" or "F2I" or "F2F" => MachineKind.Special,
        "FFMA" or "HFMA2" => MachineKind.MultiplyAdd,
        "FADD" or "FMUL" or "HADD2" or "HMUL2" or "FSETP" or "FSET" or "FSWZADD" => MachineKind.Float,
        "FMNMX" or "HMNMX2" => MachineKind.Extreme,
        "F2FP" => MachineKind.Pack,
        "SEL" or "FSEL" => MachineKind.Select,
        "MOV" => MachineKind.Move,
        "IMAD" when opcode.Contains(".MOV", StringComparison.Ordinal) => MachineKind.Move,
        "IMAD" or "UIMAD" or "XMAD" => MachineKind.IntegerMultiply,
        "IADD3" or "IADD" or "VIADD" or "LOP3" or "SHF" or "LEA" or "ISETP" or "IMNMX" or "VIMNMX" or "PRMT" or "IABS" or "BMSK" or "SGXT"
            or "POPC" or "FLO" or "BREV" or "PLOP3" or "P2R" or "R2P" or "UIADD3" or "ULOP3" or "USHF" or "ULEA" or "UISETP" or "USEL"
            or "UPRMT" or "UPLOP3" or "UP2UR" or "UMOV" or "R2UR" => MachineKind.Integer,
        "SHFL" or "VOTE" or "VOTEU" or "REDUX" => MachineKind.Shuffle,
        "BAR" or "DEPBAR" or "LDGDEPBAR" or "WARPSYNC" or "MEMBAR" => MachineKind.Barrier,
        "BRA" or "EXIT" or "BSSY" or "BSYNC" or "CALL" or "RET" or "BRX" => MachineKind.Branch,
        _ => MachineKind.Other,
    };
}
