namespace EvsNative.Layers;

/// <summary>
/// Numbers as waves of falling frequency, the networks' way of reading a position or a time. Computed on the host: arguments reach 999 rad.
/// </summary>
public static class Sinusoids
{
    private const double LongestPeriod = 10000;

    /// <summary>
    /// [cos(t f_0), .., cos(t f_(h-1)), sin(t f_0), ..] with f_i = 10000^(-i/h) and h half the channels: the timestep of the U-Net
    /// (diffusers Timesteps with flip_sin_to_cos and no shift). Frequencies and products are rounded to float32 as there, since a timestep
    /// of 999 magnifies the difference.
    /// </summary>
    public static float[] Timestep(float timestep, int channels)
    {
        int half = channels / 2;
        float[] y = new float[channels];
        for (int i = 0; i < half; i++)
        {
            float angle = timestep * MathF.Exp((float)-Math.Log(LongestPeriod) * i / half);
            y[i] = (float)Math.Cos(angle);
            y[half + i] = (float)Math.Sin(angle);
        }

        return y;
    }

    /// <summary>
    /// [length, channels] with sin(p w_i) at 2i and cos(p w_i) at 2i + 1, w_i = 10000^(-2i/channels): the frames of a motion module.
    /// Sine and cosine alternate, unlike in <see cref="Timestep"/>.
    /// </summary>
    public static float[] Positions(int length, int channels)
    {
        float[] y = new float[length * channels];
        for (int p = 0; p < length; p++)
        {
            for (int c = 0; c < channels; c += 2)
            {
                double angle = p * Math.Exp(-c * Math.Log(LongestPeriod) / channels);
                y[(p * channels) + c] = (float)Math.Sin(angle);
                if (c + 1 < channels) y[(p * channels) + c + 1] = (float)Math.Cos(angle);
            }
        }

        return y;
    }

    /// <summary>Whether a table differs from <see cref="Positions"/> anywhere by more than so much; nothing is allocated.</summary>
    internal static bool PositionsDiffer(ReadOnlySpan<float> table, int length, int channels, double most)
    {
        for (int c = 0; c < channels; c++)
        {
            double frequency = Math.Exp(-(c & ~1) * Math.Log(LongestPeriod) / channels);
            for (int p = 0; p < length; p++)
            {
                double angle = p * frequency, wave = c % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
                if (Math.Abs(table[(p * channels) + c] - wave) > most) return true;
            }
        }

        return false;
    }
}
