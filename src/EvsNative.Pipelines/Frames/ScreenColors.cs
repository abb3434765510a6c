using System.Runtime.InteropServices;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Makes what an ordinary screen shows (BT.709, BT.1886) of HDR and of wide colours: numbers become light, white being 203 cd/m2 (BT.2408),
/// light becomes that of a screen's primaries, what is brighter than half of white is compressed so that 1,000 cd/m2 become white, and
/// light becomes numbers. The three colours of a pixel are compressed by one factor, so hues stay. Written here because not every ffmpeg
/// has zscale.
/// </summary>
internal sealed class ScreenColors
{
    private const int Channels = 3, Levels = 1 << 16, OutSteps = 1 << 13;
    private const float White = 203, Peak = 1000 / White, Knee = 0.5f;
    private const double ScreenPower = 2.4;

    private readonly float[] _light = new float[Levels];
    private readonly byte[] _numbers = new byte[OutSteps + 1];
    private readonly ClipColors _colors;
    private readonly float[] _matrix;

    /// <summary>For clips of these colours.</summary>
    public ScreenColors(ClipColors colors)
    {
        _colors = colors;
        _matrix = Matrix(colors.Gamut);
        for (int i = 0; i < Levels; i++) _light[i] = (float)Light(colors.Curve, i / (double)(Levels - 1));
        // By the root of light, since the curve is steep where it is dark.
        for (int i = 0; i <= OutSteps; i++)
            _numbers[i] = (byte)Math.Round(255 * Math.Pow((double)i / OutSteps, 2 / ScreenPower));
    }

    /// <summary>[n,3] numbers of 16 bits, full range, to [n,3] of 8.</summary>
    public void Convert(ReadOnlyMemory<byte> rgb48, Memory<byte> rgb, int rowPixels)
    {
        int rows = rgb.Length / (rowPixels * Channels);
        Parallel.For(0, rows, y => Row(
            MemoryMarshal.Cast<byte, ushort>(rgb48.Span)[(y * rowPixels * Channels)..((y + 1) * rowPixels * Channels)],
            rgb.Span.Slice(y * rowPixels * Channels, rowPixels * Channels)));
    }

    private void Row(ReadOnlySpan<ushort> numbers, Span<byte> rgb)
    {
        float[] m = _matrix;
        for (int i = 0; i < numbers.Length; i += Channels)
        {
            float red = _light[numbers[i]], green = _light[numbers[i + 1]], blue = _light[numbers[i + 2]];
            if (_colors.Curve == ColorCurve.Hlg)
            {
                // BT.2100: what a screen of 1,000 cd/m2 makes of the scene, by the power of 1.2 of its luminance.
                float luminance = 0.2627f * red + 0.6780f * green + 0.0593f * blue;
                float gain = luminance > 0 ? MathF.Pow(luminance, 0.2f) * Peak : 0;
                (red, green, blue) = (red * gain, green * gain, blue * gain);
            }

            float r = m[0] * red + m[1] * green + m[2] * blue;
            float g = m[3] * red + m[4] * green + m[5] * blue;
            float b = m[6] * red + m[7] * green + m[8] * blue;
            float factor = _colors.IsHdr ? Compression(MathF.Max(r, MathF.Max(g, b))) : 1;
            rgb[i] = Number(r * factor);
            rgb[i + 1] = Number(g * factor);
            rgb[i + 2] = Number(b * factor);
        }
    }

    private byte Number(float light) => _numbers[(int)(MathF.Sqrt(Math.Clamp(light, 0, 1)) * OutSteps + 0.5f)];

    /// <summary>
    /// What the brightest of three colours is multiplied by: a rational function that leaves what is below the knee, goes on in the same
    /// direction, and takes the peak to 1. Source: "mobius" in ffmpeg's vf_tonemap.
    /// </summary>
    private static float Compression(float brightest)
    {
        if (brightest <= Knee) return 1;
        const float a = -Knee * Knee * (Peak - 1) / (Knee * Knee - 2 * Knee + Peak);
        const float b = (Knee * Knee - 2 * Knee * Peak + Peak) / (Peak - 1);
        float compressed = (b * b + 2 * b * Knee + Knee * Knee) / (b - a) * (brightest + a) / (brightest + b);
        return compressed / brightest;
    }

    /// <summary>Light of a number from 0 to 1; for HLG the scene's, else the screen's over white.</summary>
    private static double Light(ColorCurve curve, double number)
    {
        const double m1 = 2610.0 / 16384, m2 = 2523.0 / 32, c1 = 3424.0 / 4096, c2 = 2413.0 / 128, c3 = 2392.0 / 128;
        const double a = 0.17883277, b = 0.28466892, c = 0.55991073;
        switch (curve)
        {
            case ColorCurve.Pq:
                double root = Math.Pow(number, 1 / m2);
                return 10_000 / White * Math.Pow(Math.Max(0, root - c1) / (c2 - c3 * root), 1 / m1);
            case ColorCurve.Hlg:
                return number <= 0.5 ? number * number / 3 : (Math.Exp((number - c) / a) + b) / 12;
            default:
                return Math.Pow(number, ScreenPower);
        }
    }

    /// <summary>From linear light of a gamut to that of BT.709, by rows. Sources: BT.2087, SMPTE EG 432-1.</summary>
    private static float[] Matrix(ColorGamut gamut) => gamut switch
    {
        ColorGamut.Bt2020 =>
            [1.660491f, -0.587641f, -0.072850f, -0.124550f, 1.132900f, -0.008349f, -0.018151f, -0.100579f, 1.118730f],
        ColorGamut.DisplayP3 =>
            [1.224940f, -0.224940f, 0, -0.042057f, 1.042057f, 0, -0.019638f, -0.078636f, 1.098274f],
        _ => [1, 0, 0, 0, 1, 0, 0, 0, 1],
    };
}
