namespace EvsNative.Pipelines.Frames;

/// <summary>How the numbers of a clip become light.</summary>
internal enum ColorCurve
{
    /// <summary>A screen's, BT.1886: the power of 2.4.</summary>
    Screen,

    /// <summary>SMPTE ST 2084, "PQ": absolute brightness up to 10,000 cd/m2.</summary>
    Pq,

    /// <summary>ARIB STD-B67, "HLG": brightness of the scene.</summary>
    Hlg,
}

/// <summary>Which red, green and blue a clip's numbers stand for.</summary>
internal enum ColorGamut
{
    /// <summary>BT.709, an ordinary screen's.</summary>
    Bt709,

    /// <summary>BT.2020, that of HDR.</summary>
    Bt2020,

    /// <summary>Display P3 (SMPTE EG 432-1), that of telephones.</summary>
    DisplayP3,
}

/// <summary>The colours of a clip as it names them.</summary>
/// <param name="Curve">how numbers become light</param>
/// <param name="Gamut">which colours they mix</param>
internal readonly record struct ClipColors(ColorCurve Curve, ColorGamut Gamut)
{
    /// <summary>Brightness curves that mean about the same on a screen.</summary>
    private static readonly string?[] OrdinaryTransfers =
    [
        null, "", "unknown", "reserved", "bt709", "smpte170m", "smpte240m", "bt470m", "bt470bg", "gamma22", "gamma28", "iec61966-2-1",
        "iec61966-2-4", "bt1361e", "bt2020-10", "bt2020-12",
    ];

    /// <summary>Primaries near those of a screen.</summary>
    private static readonly string?[] OrdinaryPrimaries =
        [null, "", "unknown", "reserved", "bt709", "smpte170m", "smpte240m", "bt470m", "bt470bg"];

    /// <summary>Whether it is brighter than a screen's white.</summary>
    public bool IsHdr => Curve != ColorCurve.Screen;

    /// <summary>Whether it must be converted to be right on a screen.</summary>
    public bool NeedsConversion => IsHdr || Gamut != ColorGamut.Bt709;

    /// <summary>Understands ffprobe's words.</summary>
    /// <param name="transfer">the curve</param>
    /// <param name="primaries">the primaries</param>
    /// <returns>null for what is not known here</returns>
    public static ClipColors? Of(string? transfer, string? primaries)
    {
        ColorCurve? curve = transfer switch
        {
            "smpte2084" => ColorCurve.Pq,
            "arib-std-b67" => ColorCurve.Hlg,
            _ => OrdinaryTransfers.Contains(transfer) ? ColorCurve.Screen : null,
        };
        ColorGamut? gamut = primaries switch
        {
            "bt2020" => ColorGamut.Bt2020,
            "smpte432" => ColorGamut.DisplayP3,
            // HDR that does not name its colours is BT.2020 (BT.2100).
            null or "" or "unknown" or "reserved" when curve is ColorCurve.Pq or ColorCurve.Hlg => ColorGamut.Bt2020,
            _ => OrdinaryPrimaries.Contains(primaries) ? ColorGamut.Bt709 : null,
        };
        return curve is { } c && gamut is { } g ? new ClipColors(c, g) : null;
    }
}
