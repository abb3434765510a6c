using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>
/// Calls large enough to fill any GPU, by which kernels are compared with one another and with what others publish; for processors they
/// take too long.
/// </summary>
internal static class LargeCases
{
    public const string Group = "large";

    private const int Images = 32, Heads = 8;

    public static IEnumerable<Case> All()
    {
        yield return Product(4096);
        yield return Conv(64, 320);
        foreach (var (images, tokens, c) in new[] { (1, 16384, 320), (Images, 1024, 640), (Images, 256, 1280) })
            yield return Attention(images, tokens, c);
        yield return Norm(64, 320);
    }

    private static Case Product(int side) => new(
        Group,
        $"product {side} x {side} x {side}",
        d =>
        {
            var filter = Inputs.Pack(d, new FilterShape(side, side));
            Tensor x = Inputs.Rent(d, new Shape(1, 1, side, side)), y = Inputs.Empty(d, x.Shape);
            return () => d.Kernels.Linear(y, x, filter, default);
        },
        new() { ["op"] = "linear", ["form"] = "plain", ["rows"] = side, ["in"] = side, ["out"] = side });

    private static Case Conv(int side, int c) => new(
        Group,
        $"conv 3x3 {c} -> {c}, {side}x{side}, {Images} images",
        d =>
        {
            var filter = Inputs.Pack(d, new FilterShape(c, c, 3));
            Tensor x = Inputs.Rent(d, new Shape(Images, side, side, c)), y = Inputs.Empty(d, x.Shape);
            var epilogue = new Epilogue(Bias: Inputs.Rent(d, Shape.Vector(c)));
            return () => d.Kernels.Conv2d(y, x, null, filter, new ConvGeometry(Stride: 1), epilogue);
        },
        new() { ["op"] = "conv", ["n"] = Images, ["h"] = side, ["w"] = side, ["in"] = c, ["out"] = c, ["kernel"] = 3 });

    private static Case Attention(int images, int tokens, int c) => new(
        Group,
        $"attention {tokens} tokens, {Heads} x {c / Heads}{(images > 1 ? $", {images} images" : "")}",
        d =>
        {
            var shape = new Shape(images, 1, tokens, c);
            Tensor q = Inputs.Rent(d, shape), k = Inputs.Rent(d, shape), v = Inputs.Rent(d, shape), y = Inputs.Empty(d, shape);
            return () => d.Kernels.Attention(y, q, k, v, new AttentionOptions(Heads));
        },
        new()
        {
            ["op"] = "attention",
            ["n"] = images,
            ["queries"] = tokens,
            ["keys"] = tokens,
            ["c"] = c,
            ["heads"] = Heads,
            ["causal"] = false,
        });

    private static Case Norm(int side, int c) => new(
        Group,
        $"group norm + SiLU {side}x{side}, {c}, {Images} images",
        d =>
        {
            Tensor x = Inputs.Rent(d, new Shape(Images, side, side, c)), y = Inputs.Empty(d, x.Shape);
            Tensor weight = Inputs.Rent(d, Shape.Vector(c)), bias = Inputs.Rent(d, Shape.Vector(c));
            return () => d.Kernels.GroupNorm(y, x, null, weight, bias, 32, 1e-5f, Activation.Silu);
        },
        new() { ["op"] = "group_norm", ["n"] = Images, ["h"] = side, ["w"] = side, ["c"] = c });
}
