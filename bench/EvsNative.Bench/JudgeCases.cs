using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Bench;

/// <summary>The networks that judge clips, on weights and inputs by formula.</summary>
internal static class JudgeCases
{
    private const string Group = "judges";

    public static IEnumerable<Case> All()
    {
        yield return Dover("DOVER, technical, one clip", "dover_technical", (dover, d, x) => dover.Technical(d, x)[0]);
        yield return Dover("DOVER, aesthetic", "dover_aesthetic", (dover, d, x) => dover.Aesthetic(d, x));
    }

    /// <summary>A branch's number for a clip of 32 frames of 224 x 224.</summary>
    private static Case Dover(string name, string op, Func<Dover, Device, Tensor, double> judge) => Of(name, d =>
    {
        Tensor x = Inputs.OfNetwork(d, "input.clip", new Shape(DoverConfig.Frames, 224, 224, 3)), y = d.Rent(Shape.Vector(1));
        var dover = new Dover(Weights(d), DoverConfig.Published);
        return Prepared.Of(d, InScope(d, () => d.Write(y, [(float)judge(dover, d, x)])), y);
    }, new() { ["op"] = op });

    /// <summary>What a pass rents is free after it.</summary>
    private static Action InScope(Device d, Action run) => () =>
    {
        using var scope = d.Enter("pass");
        run();
    };

    private static WeightSource Weights(Device d) => new WeightStore(d, new FormulaWeights()).Root;

    private static Case Of(string name, Func<Device, Prepared> prepare, Dictionary<string, object> request) =>
        Case.Beside(Group, name, prepare, request) with { IsNetwork = true };
}
