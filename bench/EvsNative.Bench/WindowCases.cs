using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>Operations over windows of pixels, at the sizes of the networks that judge clips.</summary>
internal static class WindowCases
{
    private const string Group = "windows";

    public static IEnumerable<Case> All() =>
    [
        .. Depthwise(),
        Patches("16 x 224x352, 3, 16x16", new Shape(16, 224, 352, 3), new PatchGeometry(16, 16, 16)),
        Patches("640x1024, 3, 7x7 at every 2nd", new Shape(1, 640, 1024, 3), new PatchGeometry(7, 7, 2, 3)),
        Patches("32 x 224x224, 3, 2x4x4", new Shape(32, 224, 224, 3), new PatchGeometry(4, 4, 4, 0, 2)),
        Patches("16 x 56x56, 96, 2x2", new Shape(16, 56, 56, 96), new PatchGeometry(2, 2, 2)),
        Of("unpatches, 320x512, 96 -> 640x1024, 24", d =>
        {
            Tensor x = Inputs.Rent(d, new Shape(1, 320, 512, 96)), y = Inputs.Empty(d, new Shape(1, 640, 1024, 24));
            return () => d.Kernels.Unpatches(y, x, 2);
        }),
        Of("average pool, 80x128, 84", d =>
        {
            Tensor x = Inputs.Rent(d, new Shape(1, 80, 128, 84)), y = Inputs.Empty(d, new Shape(1, 40, 64, 84));
            return () => d.Kernels.AveragePool(y, x);
        }),
    ];

    /// <summary>Those that peers compute too: the layers of a ConvNeXt in three dimensions, 16 frames.</summary>
    public static IEnumerable<Case> Depthwise()
    {
        foreach (var (side, c) in new[] { (56, 96), (28, 192), (14, 384), (7, 768) })
            foreach (int frames in (int[])[1, 3]) yield return Depthwise(new Shape(16, side, side, c), frames);
    }

    private static Case Depthwise(Shape shape, int frames) => Case.Beside(
        Group,
        $"depthwise {frames}x7x7, {shape.N} x {shape.H}x{shape.W}, {shape.C}",
        d =>
        {
            const int Side = 7;
            var kernel = new Shape(frames, Side, Side, shape.C);
            Tensor x = Inputs.Picture(d, "x", shape), y = Inputs.Empty(d, shape), bias = Inputs.ByName(d, "b", Shape.Vector(shape.C));
            var filter = Inputs.ChannelsLast(d, "w", kernel);
            return Prepared.OfPicture(d, () => d.Kernels.Depthwise(y, x, filter, bias, shape.N), y);
        },
        new()
        {
            ["op"] = "depthwise",
            ["n"] = shape.N,
            ["h"] = shape.H,
            ["w"] = shape.W,
            ["c"] = shape.C,
            ["frames"] = frames,
            ["kernel"] = 7,
        });

    private static Case Patches(string name, Shape shape, PatchGeometry geometry) => Of($"patches, {name}", d =>
    {
        Tensor x = Inputs.Rent(d, shape), y = Inputs.Empty(d, geometry.Of(shape));
        return () => d.Kernels.Patches(y, x, geometry);
    });

    private static Case Of(string name, Func<Device, Action> prepare) => new(Group, name, prepare, []);
}
