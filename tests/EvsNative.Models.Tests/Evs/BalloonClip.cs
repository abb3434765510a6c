using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>
/// Clips of any length of what the demo's model knows: a red balloon over the sea at sunset, that goes up and down as fast as in its
/// training. The picture is that of the demo's scenes; its dice are ours.
/// </summary>
internal static class BalloonClip
{
    /// <summary>What it shows.</summary>
    public const string Prompt = "a red balloon rising over the sea at sunset";

    private const int Over = 2;
    private const double Horizon = 0.66, Radius = 0.115, Period = 40;

    private static readonly Rgb
        SkyTop = new(74, 60, 124), SkyBottom = new(252, 150, 84), Glow = new(255, 190, 110), Sun = new(255, 236, 170),
        Light = new(1, 0.82, 0.72), Far = new(70, 110, 140), Sea = new(28, 104, 150), Red = new(214, 48, 49), Bright = new(255, 255, 250),
        String = new(90, 80, 80);

    /// <summary>The clean clip.</summary>
    /// <param name="frames">how many</param>
    /// <param name="size">height and width</param>
    /// <returns>[F,size,size,3] in 0..255</returns>
    public static float[] Render(int frames, int size)
    {
        float[] clip = new float[frames * size * size * 3];
        Parallel.For(0, frames * size, row =>
        {
            int f = row / size, y = row % size;
            for (int x = 0; x < size; x++)
            {
                var sum = new Rgb(0, 0, 0);
                for (int i = 0; i < Over * Over; i++)
                {
                    double u = ((x * Over) + (i % Over) + 0.5) / (size * Over), v = ((y * Over) + (i / Over) + 0.5) / (size * Over);
                    sum += Pixel(f, u, v, soft: 1.5 / (size * Over)) * (1.0 / (Over * Over));
                }

                int at = ((row * size) + x) * 3;
                (clip[at], clip[at + 1], clip[at + 2]) = ((float)sum.R, (float)sum.G, (float)sum.B);
            }
        });
        return clip;
    }

    /// <summary>
    /// What a weak text-to-video model makes of it: half the size, blurred, drifting in colour, trembling, blotched and noisy.
    /// </summary>
    /// <param name="clean">[F,size,size,3]</param>
    /// <param name="frames">how many</param>
    /// <param name="size">height and width; a multiple of 16</param>
    /// <param name="seed">of the dice</param>
    /// <returns>[F,size/2,size/2,3]</returns>
    public static byte[] Spoil(float[] clean, int frames, int size, int seed)
    {
        var draw = new Draw(seed);
        int s = size / 2;
        byte[] clip = new byte[frames * s * s * 3];
        double[] gain = [1, 1, 1];
        for (int f = 0; f < frames; f++)
        {
            float[] picture = Half(clean.AsSpan(f * size * size * 3, size * size * 3), size);
            for (int pass = 0; pass < 2; pass++) picture = Blur(picture, s, pass == 0);
            bool trembles = draw.Once(2);
            int dx = trembles ? draw.Whole(-1, 1) : 0, dy = trembles ? draw.Whole(-1, 1) : 0;
            float[] blots = draw.Normals((s / 8) * (s / 8) * 3, 4);
            for (int c = 0; c < 3; c++) gain[c] = 1 + ((gain[c] - 1) * 0.97) + (0.03 * draw.Normal());
            for (int i = 0; i < s * s * 3; i++)
            {
                int x = i / 3 % s, y = i / 3 / s, c = i % 3;
                float own = picture[((((y + dy + s) % s * s) + ((x + dx + s) % s)) * 3) + c];
                double value = (own * gain[c]) + blots[(((y / 8 * (s / 8)) + (x / 8)) * 3) + c] + (3 * draw.Normal());
                clip[(f * s * s * 3) + i] = (byte)Math.Clamp(Math.Round(value), 0, 255);
            }
        }

        return clip;
    }

    private static Rgb Pixel(int f, double u, double v, double soft)
    {
        double sunU = 0.7, sunV = Horizon - 0.03, disk = Math.Sqrt(((u - sunU) * (u - sunU)) + ((v - sunV) * (v - sunV)));
        var sky = Rgb.Mix(SkyTop, SkyBottom, Math.Clamp(v / Horizon, 0, 1));
        sky = Rgb.Mix(sky, Glow, 0.6 * Math.Exp(-Math.Pow(disk / 0.16, 2)));
        sky = Rgb.Mix(sky, Sun, Cover(disk - 0.055, soft * 2));
        double ridge = Horizon - 0.06 - (0.05 * Math.Sin((u * 7) + 2)) - (0.025 * Math.Sin((u * 17) + 4));
        sky = Rgb.Mix(sky, Far * Light, Cover(ridge - v, soft));
        var picture = v > Horizon ? Water(f, u, v, sunU) : sky;
        double height = 0.42 + (0.14 * Math.Cos(2 * Math.PI * f / Period));
        return Balloon(picture, (u - 0.42) / Radius, (v - height) / Radius, f / 15.0, soft / Radius);
    }

    private static Rgb Water(int f, double u, double v, double sunU)
    {
        double depth = Math.Clamp((v - Horizon) / (1 - Horizon), 0, 1);
        double waves = Math.Sin((26 * Math.Sqrt(depth + 0.02) * 3) + (u * 2) + 1 + (f / 15.0 * 2.2));
        double ripple = waves * Math.Sin((14 * u * (1.5 - depth)) + 1);
        var water = (Sea + new Rgb(22, 22, 22) * (ripple * (0.4 + (0.6 * depth)))) * Light;
        return Rgb.Mix(water, Glow, 0.35 * Math.Exp(-Math.Pow((u - sunU) / 0.08, 2)) * (0.5 + (0.5 * ripple)));
    }

    private static Rgb Balloon(Rgb picture, double p, double q, double t, double soft)
    {
        double sway = p + (0.08 * Math.Sin((q * 4) + (t * 6)));
        if (q is > 1.2 and < 2.4) picture = Rgb.Mix(picture, String * Light, Cover(Math.Abs(sway) - 0.04, soft));
        picture = Rgb.Mix(picture, Red * 0.55 * Light, Cover(Math.Max(Math.Abs(p) - 0.16, Math.Abs(q - 1.26) - 0.1), soft));
        double tall = q / 1.2, edge = Cover(Math.Sqrt((p * p) + (tall * tall)) - 1, soft);
        double shade = Math.Clamp(1.05 - (0.45 * Math.Sqrt(Math.Pow(p + 0.35, 2) + Math.Pow(tall + 0.4, 2))), 0.45, 1.1);
        picture = Rgb.Mix(picture, Red * shade * Light, edge);
        double stripe = Math.Abs(Math.Abs(p) - (0.42 * Math.Sqrt(Math.Clamp(1 - (tall * tall), 0, 1)))) - 0.07;
        picture = Rgb.Mix(picture, Bright * shade * Light, Cover(stripe, soft) * edge);
        return Rgb.Mix(picture, Bright, 0.55 * Cover(Math.Sqrt(Math.Pow(p + 0.38, 2) + Math.Pow(tall + 0.42, 2)) - 0.16, 0.25));
    }

    private static double Cover(double distance, double soft) => Math.Clamp(0.5 - (distance / soft), 0, 1);

    private static float[] Half(ReadOnlySpan<float> picture, int size)
    {
        int s = size / 2;
        float[] half = new float[s * s * 3];
        for (int i = 0; i < half.Length; i++)
        {
            int x = i / 3 % s * 2, y = i / 3 / s * 2, c = i % 3, at = (((y * size) + x) * 3) + c;
            half[i] = (picture[at] + picture[at + 3] + picture[at + (size * 3)] + picture[at + (size * 3) + 3]) / 4;
        }

        return half;
    }

    /// <summary>By 1, 4, 6, 4, 1 along an axis; the edges meet.</summary>
    private static float[] Blur(float[] picture, int s, bool isAcross)
    {
        float[] blurred = new float[picture.Length];
        for (int i = 0; i < picture.Length; i++)
        {
            int x = i / 3 % s, y = i / 3 / s, c = i % 3;
            float At(int by)
            {
                int column = isAcross ? (x + by + s) % s : x, row = isAcross ? y : (y + by + s) % s;
                return picture[(((row * s) + column) * 3) + c];
            }

            blurred[i] = (At(-2) + (4 * At(-1)) + (6 * At(0)) + (4 * At(1)) + At(2)) / 16;
        }

        return blurred;
    }

    private readonly record struct Rgb(double R, double G, double B)
    {
        public static Rgb operator +(Rgb a, Rgb b) => new(a.R + b.R, a.G + b.G, a.B + b.B);

        public static Rgb operator *(Rgb a, Rgb b) => new(a.R * b.R, a.G * b.G, a.B * b.B);

        public static Rgb operator *(Rgb a, double b) => new(a.R * b, a.G * b, a.B * b);

        public static Rgb Mix(Rgb a, Rgb b, double share) => (a * (1 - share)) + (b * share);
    }
}
