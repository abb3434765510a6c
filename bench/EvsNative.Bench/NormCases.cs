using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>Norms: what they cost is moving memory, one reading and one writing at best.</summary>
internal static class NormCases
{
    private const string Group = "norms";
    private const int Groups = 32;

    public static IEnumerable<Case> All()
    {
        foreach (var (side, c) in new[] { (64, 320), (64, 960), (32, 640), (16, 1280), (8, 2560), (512, 128), (256, 256) })
            yield return GroupNorm(side, c);
        foreach (var (rows, c) in new[] { (4096, 320), (1024, 640), (256, 1280), (65536, 320) }) yield return LayerNorm(rows, c);
    }

    private static Case GroupNorm(int side, int c) => Case.Beside(
        Group,
        $"group norm + SiLU {side}x{side}, {c}",
        d =>
        {
            Tensor x = Inputs.Picture(d, "x", new Shape(1, side, side, c)), y = Inputs.Empty(d, x.Shape);
            Tensor weight = Inputs.ByName(d, "w", Shape.Vector(c)), bias = Inputs.ByName(d, "b", Shape.Vector(c));
            return Prepared.OfPicture(d, () => d.Kernels.GroupNorm(y, x, null, weight, bias, Groups, 1e-5f, Activation.Silu), y);
        },
        new() { ["op"] = "group_norm", ["n"] = 1, ["h"] = side, ["w"] = side, ["c"] = c });

    private static Case LayerNorm(int rows, int c) => Case.Beside(
        Group,
        $"layer norm {rows}, {c}",
        d =>
        {
            Tensor x = Inputs.ByName(d, "x", new Shape(1, 1, rows, c)), y = Inputs.Empty(d, x.Shape);
            Tensor weight = Inputs.ByName(d, "w", Shape.Vector(c)), bias = Inputs.ByName(d, "b", Shape.Vector(c));
            return Prepared.Of(d, () => d.Kernels.LayerNorm(y, x, weight, bias, 1e-5f, null), y);
        },
        new() { ["op"] = "layer_norm", ["rows"] = rows, ["c"] = c });
}
