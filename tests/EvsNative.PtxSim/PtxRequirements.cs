using System.Globalization;

namespace EvsNative.PtxSim;

/// <summary>
/// The oldest version of PTX and the oldest architecture that know an instruction. Source: NVIDIA's PTX ISA manual, "PTX ISA Notes" and
/// "Target ISA Notes" of each instruction; what every architecture from sm_60 on has in version 6.0 needs no row.
/// </summary>
public static class PtxRequirements
{
    private const int Base = 60;

    // Opcode, modifiers that it must all have, version times ten, architecture, and whether later architectures have it not.
    private static readonly (string Name, string[] Modifiers, int Isa, int Sm, bool IsSpecific)[] Rows =
    [
        ("cp", ["async"], 70, 80, false), ("cp", ["async", "L2::64B"], 74, 80, false), ("cp", ["async", "L2::128B"], 74, 80, false),
        ("cp", ["async", "L2::256B"], 74, 80, false), ("cp", ["async", "bulk"], 80, 90, false),
        ("ld", ["L2::64B"], 74, 75, false), ("ld", ["L2::128B"], 74, 75, false), ("ld", ["L2::256B"], 74, 80, false),
        ("ld", ["L1::no_allocate"], 74, 70, false), ("st", ["L1::no_allocate"], 74, 70, false), ("ld", ["L1::evict_first"], 74, 70, false),
        ("ld", ["L1::evict_last"], 74, 70, false), ("st", ["L1::evict_first"], 74, 70, false), ("st", ["L1::evict_last"], 74, 70, false),
        ("ld", ["acquire"], 60, 70, false), ("ld", ["relaxed"], 60, 70, false), ("st", ["release"], 60, 70, false),
        ("st", ["relaxed"], 60, 70, false), ("fence", [], 60, 70, false), ("fence", ["proxy", "async"], 80, 90, false),
        ("ldmatrix", [], 65, 75, false), ("stmatrix", [], 78, 90, false), ("mma", [], 64, 70, false), ("mma", ["m16n8k8"], 65, 75, false),
        ("mma", ["m16n8k8", "bf16"], 70, 80, false), ("mma", ["m16n8k8", "tf32"], 70, 80, false), ("mma", ["m16n8k4"], 70, 80, false),
        ("mma", ["m16n8k16"], 70, 80, false), ("wgmma", [], 80, 90, true), ("setmaxnreg", [], 80, 90, true),
        ("mbarrier", [], 70, 80, false), ("mbarrier", ["try_wait"], 78, 90, false), ("mbarrier", ["expect_tx"], 80, 90, false),
        ("elect", [], 80, 90, false), ("griddepcontrol", [], 78, 90, false), ("mapa", [], 78, 90, false),
        ("barrier", ["cluster"], 78, 90, false), ("redux", [], 70, 80, false),
        ("ex2", ["f16"], 70, 75, false), ("ex2", ["f16x2"], 70, 75, false), ("tanh", [], 70, 75, false),
        ("ex2", ["bf16"], 78, 90, false), ("ex2", ["bf16x2"], 78, 90, false),
        ("min", ["NaN"], 70, 80, false), ("max", ["NaN"], 70, 80, false), ("min", ["f16"], 70, 80, false), ("max", ["f16"], 70, 80, false),
        ("min", ["f16x2"], 70, 80, false), ("max", ["f16x2"], 70, 80, false), ("fma", ["bf16"], 70, 80, false),
        ("fma", ["bf16x2"], 70, 80, false), ("cvt", ["f16x2"], 70, 80, false), ("cvt", ["bf16x2"], 70, 80, false),
        ("cvt", ["bf16"], 70, 80, false), ("cvt", ["tf32"], 70, 80, false),
    ];

    /// <summary>What an instruction needs that a text has not; null if it has all.</summary>
    /// <param name="opcode">with its modifiers</param>
    /// <param name="version">the text's, as "7.4"</param>
    /// <param name="target">the text's, as "sm_90a"</param>
    public static string? Missing(string opcode, string version, string target)
    {
        string[] parts = opcode.Split('.');
        var fitting = Rows.Where(row => row.Name == parts[0] && row.Modifiers.All(modifier => parts.Contains(modifier))).ToList();
        int isa = fitting.Select(row => row.Isa).Append(Base).Max(), sm = fitting.Select(row => row.Sm).Append(Base).Max();
        bool isSpecific = fitting.Exists(row => row.IsSpecific);
        var (major, minor) = (version.Split('.')[0], version.Split('.')[^1]);
        string architecture = target.Split(',')[0].Trim();
        int hasIsa = (10 * Number(major)) + Number(minor), hasSm = Number(new string([.. architecture.Where(char.IsAsciiDigit)]));
        bool isKnown = hasIsa >= isa && (isSpecific ? hasSm == sm && architecture.EndsWith('a') : hasSm >= sm);
        string needed = isSpecific ? $"sm_{sm}a" : $"sm_{sm}";
        return isKnown ? null : $"needs PTX {isa / 10}.{isa % 10} and {needed}, the text is {version} for {architecture}";
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
