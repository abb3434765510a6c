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
        yield return Of("AMT-S, a pair of 640x1024", d =>
        {
            var shape = new Shape(1, 640, 1024, 3);
            Tensor first = Picture(d, "input.image0", shape), second = Picture(d, "input.image1", shape), y = d.Rent(shape);
            var network = new FrameInterpolator(NetworkCases.Weights(d), AmtConfig.AmtS);
            return Prepared.OfPicture(d, NetworkCases.InScope(d, () => network.Forward(d, first, second, into: y)), y);
        }, Sized("amt", 1, 640, 1024));
        yield return Of("DINO ViT-B/16, 4 frames of 224x358", d =>
        {
            Tensor x = Inputs.OfNetwork(d, "input.pictures", new Shape(4, 224, 358, 3)), y = d.Rent(new Shape(4, 1, 1, 768));
            var network = new VisionTransformer(NetworkCases.Weights(d), VisionTransformerConfig.B16);
            return Prepared.Of(d, NetworkCases.InScope(d, () => network.Forward(d, x, into: y)), y);
        }, Sized("dino", 4, 224, 358));
        yield return Of("SigLIP so400m and head, a frame of 384x384", d =>
        {
            Tensor x = Inputs.OfNetwork(d, "input.pictures", new Shape(1, 384, 384, 3)), y = d.Rent(Shape.Vector(1));
            var network = new AestheticPredictor(NetworkCases.Weights(d), NetworkCases.Weights(d), SiglipConfig.So400m);
            return Prepared.Of(d, NetworkCases.InScope(d, () => d.Write(y, network.Score(d, x))), y);
        }, Sized("aesthetic", 1, 384, 384));
        yield return Dover("DOVER, technical, 32 frames of 224x224", "dover_technical", (dover, d, x) => dover.Technical(d, x)[0]);
        yield return Dover("DOVER, aesthetic, 32 frames of 224x224", "dover_aesthetic", (dover, d, x) => dover.Aesthetic(d, x));
    }

    /// <summary>A branch's number for a clip of 32 frames of 224 x 224.</summary>
    private static Case Dover(string name, string op, Func<Dover, Device, Tensor, double> judge) => Of(name, d =>
    {
        Tensor x = Inputs.OfNetwork(d, "input.clip", new Shape(DoverConfig.Frames, 224, 224, 3)), y = d.Rent(Shape.Vector(1));
        var dover = new Dover(NetworkCases.Weights(d), DoverConfig.Published);
        return Prepared.Of(d, NetworkCases.InScope(d, () => d.Write(y, [(float)judge(dover, d, x)])), y);
    }, new() { ["op"] = op });

    /// <summary>Of 0..1, as a frame is.</summary>
    private static Tensor Picture(Device d, string name, Shape shape)
    {
        const float Half = 0.5f;
        var y = d.Rent(shape);
        if (d.IsDry) return y;
        float[] noise = PeerOrder.ToPicture(FormulaWeights.Input(name, shape.Count, Half), shape);
        d.Write(y, [.. noise.Select(value => Half + value)]);
        return y;
    }

    private static Dictionary<string, object> Sized(string op, int n, int h, int w) =>
        new() { ["op"] = op, ["n"] = n, ["h"] = h, ["w"] = w };

    private static Case Of(string name, Func<Device, Prepared> prepare, Dictionary<string, object> request) =>
        Case.Beside(Group, name, prepare, request) with { IsNetwork = true };
}
