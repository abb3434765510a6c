using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Measures;

/// <summary>Frames that show one colour and nothing else: what a broken model makes of any clip, and very steady.</summary>
internal static class FlatFrames
{
    /// <summary>Standard deviation of a colour, in grey levels, under which nothing can be seen in it.</summary>
    private const double Least = 1;

    /// <summary>Whether none of the colours of a frame [H,W,3] varies.</summary>
    public static bool IsFlat(ReadOnlySpan<byte> rgb)
    {
        const int Channels = VideoFormat.Channels;
        Span<long> sums = stackalloc long[Channels], squares = stackalloc long[Channels];
        for (int i = 0; i < rgb.Length; i += Channels)
        {
            for (int c = 0; c < Channels; c++)
            {
                sums[c] += rgb[i + c];
                squares[c] += rgb[i + c] * rgb[i + c];
            }
        }

        double pixels = rgb.Length / Channels;
        for (int c = 0; c < Channels; c++)
        {
            double mean = sums[c] / pixels;
            if (squares[c] / pixels - mean * mean >= Least * Least) return false;
        }

        return true;
    }
}
