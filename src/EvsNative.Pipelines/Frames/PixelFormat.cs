using System.Globalization;
using System.Text.RegularExpressions;

namespace EvsNative.Pipelines.Frames;

/// <summary>What ffmpeg's name of a pixel format says, such as <c>yuva444p12le</c>: a colour model, an opacity, bits.</summary>
/// <param name="name">the name; null where ffprobe knows none</param>
internal readonly partial struct PixelFormat(string? name)
{
    /// <summary>Whether its colours are brightness and two differences, which a matrix turns into RGB.</summary>
    public bool IsYuv => name is not null && (name.StartsWith("yuv", StringComparison.Ordinal) || Layout().IsMatch(name));

    /// <summary>Whether it is brightness alone.</summary>
    public bool IsGrey => name?.StartsWith("gray", StringComparison.Ordinal) == true;

    /// <summary>Whether a pixel may be transparent. Palettes may hold transparent colours.</summary>
    public bool HasAlpha => name is not null && Alpha().IsMatch(name);

    /// <summary>Bits of a colour, 8 where the name says nothing else.</summary>
    public int Depth
    {
        get
        {
            if (name is null) return 8;
            if (name.Contains("f32", StringComparison.Ordinal)) return 32;
            if (Bits().Match(name) is not { Success: true } match) return 8;
            int bits = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            // Packed formats count the bits of a pixel; 16-bit ones hold three colours of 5 or 6 bits.
            return bits switch { 48 or 64 => 16, 444 or 555 or 565 => 8, _ => bits };
        }
    }

    [GeneratedRegex("yuva|rgba|bgra|argb|abgr|gbrap|^ya[0-9]|pal8|ayuv|vuya", RegexOptions.CultureInvariant)]
    private static partial Regex Alpha();

    /// <summary>Half-planar and packed formats: nv12, p010le, uyvy422, vuya, xv30, ayuv64.</summary>
    [GeneratedRegex("^(nv|p[024]|uyvy|yvyu|vuy|xv|ayuv|y2)[0-9a-z]*", RegexOptions.CultureInvariant)]
    private static partial Regex Layout();

    [GeneratedRegex("(?:^p[024]|[a-z])([0-9]+)(?:le|be)$", RegexOptions.CultureInvariant)]
    private static partial Regex Bits();
}
