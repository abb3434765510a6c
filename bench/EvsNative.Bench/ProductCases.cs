using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>Linear layers of the U-Net at its three attention levels.</summary>
internal static class ProductCases
{
    private const string Group = "products";

    public static IEnumerable<Case> All()
    {
        yield return Plain(1024, 1024, 1024);
        foreach (var (rows, c) in new[] { (4096, 320), (1024, 640), (256, 1280) })
        {
            yield return Plain(rows, c, c);
            yield return Qkv(rows, c);
            yield return Geglu(rows, c);
            yield return FeedForwardOut(rows, c);
        }
    }

    private static Case Plain(int rows, int inputs, int outputs) =>
        Case.Beside(Group, $"{rows} x {inputs} x {outputs}", d => Linear(d, rows, inputs, outputs, hasResidual: false),
            Request("plain", rows, inputs, outputs));

    private static Case FeedForwardOut(int rows, int c) =>
        Case.Beside(Group, $"{rows} x {4 * c} x {c}, FF out + residual", d => Linear(d, rows, 4 * c, c, hasResidual: true),
            Request("residual", rows, 4 * c, c));

    private static Case Qkv(int rows, int c) => Case.Beside(
        Group,
        $"{rows} x {c} x {c}, q k v",
        d =>
        {
            var filter = Inputs.PackByName(d, "w", new FilterShape(3 * c, c, Sections: 3));
            Tensor x = Inputs.ByName(d, "x", Rows(rows, c)), bias = Inputs.ByName(d, "b", Shape.Vector(3 * c));
            Tensor[] ys = [Inputs.Empty(d, x.Shape), Inputs.Empty(d, x.Shape), Inputs.Empty(d, x.Shape)];
            return Prepared.Of(d, () => d.Kernels.LinearSplit(ys, x, filter, bias), ys);
        },
        Request("qkv", rows, c, c));

    private static Case Geglu(int rows, int c) => Case.Beside(
        Group,
        $"{rows} x {c} x {8 * c}, GEGLU in",
        d =>
        {
            var filter = Inputs.PackByName(d, "w", new FilterShape(8 * c, c, IsGated: true));
            Tensor x = Inputs.ByName(d, "x", Rows(rows, c)), bias = Inputs.ByName(d, "b", Shape.Vector(8 * c)),
                y = Inputs.Empty(d, Rows(rows, 4 * c));
            return Prepared.Of(d, () => d.Kernels.LinearGeglu(y, x, filter, bias), y);
        },
        Request("geglu", rows, c, 8 * c));

    private static Prepared Linear(Device d, int rows, int inputs, int outputs, bool hasResidual)
    {
        var filter = Inputs.PackByName(d, "w", new FilterShape(outputs, inputs));
        Tensor x = Inputs.ByName(d, "x", Rows(rows, inputs)), y = Inputs.Empty(d, Rows(rows, outputs)),
            bias = Inputs.ByName(d, "b", Shape.Vector(outputs));
        var epilogue = new Epilogue(bias, Residual: hasResidual ? Inputs.ByName(d, "residual", y.Shape) : null);
        return Prepared.Of(d, () => d.Kernels.Linear(y, x, filter, epilogue), y);
    }

    private static Shape Rows(int rows, int channels) => new(1, 1, rows, channels);

    private static Dictionary<string, object> Request(string form, int rows, int inputs, int outputs) =>
        new() { ["op"] = "linear", ["form"] = form, ["rows"] = rows, ["in"] = inputs, ["out"] = outputs };
}
