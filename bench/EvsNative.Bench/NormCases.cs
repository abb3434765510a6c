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

    private static Case GroupNorm(int side, int c) => new(
        Group,
        $"group norm + SiLU {side}x{side}, {c}",
        d =>
        {
            Tensor x = Inputs.Rent(d, new Shape(1, side, side, c)), y = Inputs.Empty(d, x.Shape);
            Tensor weight = Inputs.Rent(d, Shape.Vector(c)), bias = Inputs.Rent(d, Shape.Vector(c));
            return () => d.Kernels.GroupNorm(y, x, null, weight, bias, Groups, 1e-5f, Activation.Silu);
        },
        new() { ["op"] = "group_norm", ["n"] = 1, ["h"] = side, ["w"] = side, ["c"] = c });

    private static Case LayerNorm(int rows, int c) => new(
        Group,
        $"layer norm {rows}, {c}",
        d =>
        {
            Tensor x = Inputs.Rent(d, new Shape(1, 1, rows, c)), y = Inputs.Empty(d, x.Shape);
            Tensor weight = Inputs.Rent(d, Shape.Vector(c)), bias = Inputs.Rent(d, Shape.Vector(c));
            return () => d.Kernels.LayerNorm(y, x, weight, bias, 1e-5f, null);
        },
        new() { ["op"] = "layer_norm", ["rows"] = rows, ["c"] = c });
}
