using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>What a network of optical flow does beside convolutions, at its own sizes.</summary>
internal static class MotionCases
{
    private const string Group = "motion";
    private const int Radius = 3, Levels = 4;

    public static IEnumerable<Case> All()
    {
        foreach (var (h, w, c) in new[] { (640, 1024, 3), (320, 512, 20), (80, 128, 44) }) yield return Warp(h, w, c);
        yield return Lookup(40, 64, 84);
    }

    private static Case Warp(int h, int w, int c) => Case.Beside(
        Group,
        $"warp {h}x{w}, {c}",
        d =>
        {
            Tensor x = Inputs.Picture(d, "x", new Shape(1, h, w, c)), y = Inputs.Empty(d, x.Shape);
            var flow = Inputs.Float32(d, "flow", new Shape(1, h, w, 2), isPicture: true);
            return Prepared.OfPicture(d, () => d.Kernels.Warp(y, x, flow), y);
        },
        new() { ["op"] = "warp", ["h"] = h, ["w"] = w, ["c"] = c });

    private static Case Lookup(int h, int w, int c) => Case.Beside(
        Group,
        $"look-up {h}x{w}, {c}, {Levels} levels of radius {Radius}",
        d =>
        {
            var shape = new Shape(1, h, w, c);
            Tensor a = Inputs.Picture(d, "a", shape), flow = Inputs.Float32(d, "flow", shape with { C = 2 }, isPicture: true);
            var levels = new Tensor[Levels];
            levels[0] = Inputs.Picture(d, "b", shape);
            for (int i = 1; i < Levels; i++)
            {
                levels[i] = Inputs.Empty(d, shape with { H = h >> i, W = w >> i });
                d.Kernels.Resize(levels[i], levels[i - 1], Interpolation.Bilinear);
            }

            var y = Inputs.Empty(d, shape with { C = Levels * ((2 * Radius) + 1) * ((2 * Radius) + 1) });
            return Prepared.OfPicture(d, () => d.Kernels.Lookup(y, a, levels, flow, Radius, scale: 2), y);
        },
        new() { ["op"] = "lookup", ["h"] = h, ["w"] = w, ["c"] = c, ["levels"] = Levels, ["radius"] = Radius });
}
