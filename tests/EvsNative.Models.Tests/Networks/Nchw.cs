using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Networks;

/// <summary>The reference's layout: [N,C,H,W], and [videos,C,frames,H,W] for the input and output of whole videos.</summary>
internal static class Nchw
{
    /// <summary>Values in the reference's order, of a tensor in ours.</summary>
    public static float[] From(float[] values, Shape s)
    {
        float[] result = new float[values.Length];
        for (int n = 0; n < s.N; n++)
        {
            for (int p = 0; p < s.Pixels; p++)
            {
                for (int c = 0; c < s.C; c++) result[(((n * s.C) + c) * s.Pixels) + p] = values[(((n * s.Pixels) + p) * s.C) + c];
            }
        }

        return result;
    }

    /// <summary>Values in our order, of a tensor of our shape in the reference's order.</summary>
    public static float[] To(float[] values, Shape s) => From(values, new Shape(s.N, 1, s.C, s.Pixels));

    /// <summary>Exchanges two neighbouring axes: [outer,a,b,inner] becomes [outer,b,a,inner].</summary>
    public static float[] Exchange(float[] values, int outer, int a, int b)
    {
        int inner = values.Length / (outer * a * b);
        float[] result = new float[values.Length];
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < a; i++)
            {
                for (int j = 0; j < b; j++)
                    values.AsSpan(((((o * a) + i) * b) + j) * inner, inner).CopyTo(result.AsSpan(((((o * b) + j) * a) + i) * inner));
            }
        }

        return result;
    }

    /// <summary>Values in the reference's order [clips,C,D,H,W], of a tensor [clips D,H,W,C] in ours.</summary>
    public static float[] FromClips(float[] values, Shape s, int clips) => Exchange(From(values, s), clips, s.N / clips, s.C);

    /// <summary>An input by formula, a tensor of this shape in ours.</summary>
    public static Tensor Input(Device d, string name, Shape s, double scale = 1.7320508075688772) =>
        d.Upload(To(FormulaWeights.Input(name, s.Count, scale), s), s);

    /// <summary>Frames of videos by formula: the formula runs over [videos,C,frames,H,W].</summary>
    public static Tensor Videos(Device d, string name, int videos, int frames, Shape frame)
    {
        var s = frame with { N = videos * frames };
        float[] values = Exchange(FormulaWeights.Input(name, s.Count), videos, frame.C, frames);
        return d.Upload(To(values, s), s);
    }
}
