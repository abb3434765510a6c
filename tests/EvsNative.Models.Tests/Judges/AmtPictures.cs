using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Tests.Networks;

namespace EvsNative.Models.Tests.Judges;

/// <summary>The two pictures of the reference's cases: 0..1, noise by formula.</summary>
internal static class AmtPictures
{
    private const double Half = 0.5;

    public static Tensor First(Device d, Shape shape) => Picture(d, "input.image0", shape);

    public static Tensor Second(Device d, Shape shape) => Picture(d, "input.image1", shape);

    private static Tensor Picture(Device d, string name, Shape shape)
    {
        float[] values = Nchw.To(FormulaWeights.Input(name, shape.Count, Half), shape);
        return d.Upload([.. values.Select(value => (float)(Half + value))], shape);
    }
}
