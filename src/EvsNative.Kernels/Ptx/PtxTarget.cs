namespace EvsNative.Kernels.Ptx;

/// <summary>
/// What PTX is written for: an architecture, and the language's version that tells the driver how to read the text. Source: NVIDIA's PTX
/// ISA manual, "Release Notes".
/// </summary>
/// <param name="Sm">compute capability times ten, such as 86</param>
/// <param name="IsaMajor">the version's first number</param>
/// <param name="IsaMinor">the version's second number</param>
internal sealed record PtxTarget(int Sm, int IsaMajor, int IsaMinor)
{
    /// <summary>A driver that reads whatever is asked.</summary>
    public const int NewestDriver = int.MaxValue;

    // The oldest version that knows an architecture, times ten. PTX runs on all later architectures, so those between need no line.
    private static readonly (int Sm, int Isa)[] Architectures =
        [(60, 60), (70, 60), (75, 63), (80, 70), (86, 71), (89, 78), (90, 78), (100, 86), (120, 87)];

    // The oldest version that knows an architecture's own instructions, which no later one has: sm_90a.
    private static readonly (int Sm, int Isa)[] Specifics = [(90, 80), (100, 86), (120, 87)];

    // The newest version that a driver reads: CUDA's version as drivers say it, and the language's times ten.
    private static readonly (int Driver, int Isa)[] Drivers =
    [
        (9000, 60), (9010, 61), (9020, 62), (10000, 63), (10010, 64), (10020, 65), (11000, 70), (11010, 71), (11020, 72), (11030, 73),
            (11040, 74),
        (11050, 75), (11060, 76), (11070, 77), (11080, 78), (12000, 80), (12010, 81), (12020, 82), (12030, 83), (12040, 84), (12050, 85),
            (12070, 86),
        (12080, 87), (12090, 88), (13000, 90),
    ];

    /// <summary>
    /// The oldest version that knows the device, so that old drivers read it; the next older architecture where the driver does not know
    /// the device's.
    /// </summary>
    /// <param name="sm">the device's compute capability times ten</param>
    /// <param name="driverVersion">as <c>cuDriverGetVersion</c> gives it, such as 12040</param>
    /// <exception cref="DeviceException">the device or its driver is too old</exception>
    public static PtxTarget For(int sm, int driverVersion = NewestDriver)
    {
        if (sm < Architectures[0].Sm)
            throw new DeviceException($"a GPU of sm_{sm} is too old: sm_{Architectures[0].Sm} is the oldest that kernels are for");
        int reach = Drivers.LastOrDefault(known => known.Driver <= driverVersion).Isa;
        var found = Architectures.LastOrDefault(known => known.Sm <= sm && known.Isa <= reach);
        if (found == default)
            throw new DeviceException(
                $"the driver (CUDA {driverVersion / 1000}.{driverVersion % 1000 / 10}) is too old: CUDA 9.0 is needed");
        return new PtxTarget(found.Sm, found.Isa / 10, found.Isa % 10) { NewestIsa = reach, DeviceSm = sm };
    }

    /// <summary>True if the text may use what this architecture alone has. It runs on no other then.</summary>
    public bool IsSpecific { get; init; }

    /// <summary>The newest version that the driver reads, times ten.</summary>
    public int NewestIsa { get; init; } = int.MaxValue;

    /// <summary>The device's own architecture; the text's if it is not known.</summary>
    public int DeviceSm { get; init; } = Sm;

    /// <summary>The version times ten.</summary>
    public int Isa => (10 * IsaMajor) + IsaMinor;

    /// <summary>As the text says it: sm_86, sm_90a.</summary>
    public string Architecture => IsSpecific ? $"sm_{Sm}a" : $"sm_{Sm}";

    /// <summary>The same with the version, and the variant of the architecture, that a kernel's instructions need.</summary>
    /// <returns>null if device or driver have not what they need</returns>
    public PtxTarget? With(PtxNeeds needs)
    {
        bool isSpecific = IsSpecific || needs.IsSpecific;
        int isa = Math.Max(Isa, needs.Isa);
        if (isSpecific) isa = Math.Max(isa, Specifics.FirstOrDefault(known => known.Sm == Sm).Isa);
        bool hasIt = needs.IsSpecific ? needs.Sm == Sm && DeviceSm == Sm : needs.Sm <= Sm;
        return hasIt && isa <= NewestIsa ? this with { IsaMajor = isa / 10, IsaMinor = isa % 10, IsSpecific = isSpecific } : null;
    }

    public override string ToString() => $"{Architecture}, PTX {IsaMajor}.{IsaMinor}";
}
