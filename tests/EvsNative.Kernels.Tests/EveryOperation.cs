using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>A call of an operation with everything prepared.</summary>
/// <param name="Name">its word, and which form of it</param>
/// <param name="Run">calls it</param>
/// <param name="Result">what the call left behind, as numbers</param>
internal readonly record struct PreparedOperation(string Name, Action Run, Func<float[]> Result);

/// <summary>
/// A call of every operation of the vocabulary, on shapes that fill no tile, panel or chunk and are cut into several items.
/// </summary>
internal static class EveryOperation
{
    /// <param name="d">the device; a scope must be open</param>
    /// <param name="width">pixels in a row</param>
    public static List<PreparedOperation> Of(Device d, int width = 31)
    {
        var draw = new Draw(1);
        var k = d.Kernels;
        var shape = new Shape(4, 19, width, 24);
        Tensor x = draw.Normals(d, shape), x2 = draw.Normals(d, shape), y = d.Rent(shape), wide = d.Rent(shape with { C = 48 });
        Tensor weight = draw.Normals(d, Shape.Vector(48)), bias = draw.Normals(d, Shape.Vector(48)),
            vector = draw.Normals(d, Shape.Vector(24));
        Tensor[] thirds = [d.Rent(shape with { C = 8 }), d.Rent(shape with { C = 8 }), d.Rent(shape with { C = 8 })];
        Tensor text = draw.Normals(d, new Shape(1, 1, 77, 24)), pictures = draw.Normals(d, shape with { C = 3 }),
            table = draw.Normals(d, new Shape(1, 1, 50, 24));
        var (larger, tokens) = (d.Rent(new Shape(4, 33, 41, 24)), d.Rent(new Shape(2, 1, 5, 24)));
        byte[] rgb = new byte[pictures.Shape.Count], written = new byte[rgb.Length];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)(i * 7);
        int[] ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        long found = 0;

        var conv = d.Pack(new FilterShape(24, 48, 3), draw.Normals(24 * 48 * 9));
        var linear = d.Pack(new FilterShape(24, 24), draw.Normals(24 * 24));
        var split = d.Pack(new FilterShape(24, 24, Sections: 3), draw.Normals(24 * 24));
        var gated = d.Pack(new FilterShape(48, 24, IsGated: true), draw.Normals(48 * 24));
        return
        [
            Into(y, nameof(k.Conv2d),
                () => k.Conv2d(y, x, x2, conv, new ConvGeometry(1), new Epilogue(vector, Activation: Activation.Silu))),
            Into(y, nameof(k.Linear), () => k.Linear(y, x, linear, new Epilogue(vector, Residual: x2))),
            new(nameof(k.LinearSplit), () => k.LinearSplit(thirds, x, split, null), () => [.. thirds.SelectMany(d.Download)]),
            Into(y, nameof(k.LinearGeglu), () => k.LinearGeglu(y, x, gated, bias)),
            Into(y, nameof(k.Attention), () => k.Attention(y, x, x2, x2, new AttentionOptions(3, Blend: new QueryBlend(x, 0.5f)))),
            Into(y, "Attention, to text", () => k.Attention(y, x, text, text, new AttentionOptions(3))),
            Into(y, "Attention, through frames", () => k.Attention(y, x, x2, x2, new AttentionOptions(3, SequenceAxis.Frames, 4))),
            Into(wide, nameof(k.GroupNorm), () => k.GroupNorm(wide, x, x2, weight, bias, 8, 1e-5f, Activation.Silu)),
            Into(y, nameof(k.LayerNorm), () => k.LayerNorm(y, x, vector, vector, 1e-5f, null)),
            Into(tokens, nameof(k.Embed), () => k.Embed(tokens, table, text, ids)),
            Into(y, nameof(k.Combine), () => k.Combine(y, 1, x, 2, x2)),
            Into(y, nameof(k.Activate), () => k.Activate(y, x, Activation.Gelu)),
            Into(y, nameof(k.Copy), () => k.Copy(y, x)),
            Into(larger, nameof(k.Resize), () => k.Resize(larger, x, Interpolation.Bicubic)),
            Into(y, nameof(k.Noise), () => k.Noise(y, new NoiseKey(1, 2, Shared: 0.5f))),
            new(nameof(k.ToBytes), () => k.ToBytes(written, pictures), () => [.. written.Select(b => (float)b)]),
            Into(pictures, nameof(k.FromBytes), () => k.FromBytes(pictures, rgb)),
            new(nameof(k.CountNonFinite), () => found = k.CountNonFinite(x), () => [found]),
        ];

        PreparedOperation Into(Tensor result, string name, Action run) => new(name, run, () => d.Download(result));
    }
}
