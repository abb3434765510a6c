using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Tests.Networks;

namespace EvsNative.Bench;

/// <summary>A network of a small size against PyTorch's numbers.</summary>
/// <param name="Name">the case of tests/reference/goldens.json, and the part of it</param>
/// <param name="HasHalf">its activations may be 16 bits: the U-Net's</param>
/// <param name="Error">the largest relative error of all tensors that are compared, on a device with a scope open</param>
internal sealed record SmallGolden(string Name, bool HasHalf, Func<Device, double> Error)
{
    // As the tests have them: four times the largest error seen in float32; some hundred roundings one behind the other in 16 bits, and as
    // many of factors in tf32, twice what they make in PyTorch (2.1e-3 in the video model). How good a network is, `precision` says.
    private const double Tolerance = 2e-5, HalfTolerance = 5e-3, Tf32Tolerance = 4e-3;

    public double ToleranceOn(Device d) =>
        HasHalf && d.Precision == ElementType.Float16 ? HalfTolerance : d.RoundsFactors ? Tf32Tolerance : Tolerance;
}

/// <summary>
/// The small goldens of the tests as rows that run on any device: U-Net block by block, video model in both ways of norming, autoencoder,
/// text encoder. Weights are by formula, so nothing but goldens.json is read.
/// </summary>
internal static class SmallGoldens
{
    private const float Timestep = 481;
    private const int Words = 77;

    public static IReadOnlyList<SmallGolden> All { get; } =
    [
        new("clip small", false, Clip),
        new("vae small", false, Vae),
        new("unet small", true, d => Image(d, "unet small", 16, 24)),
        new("unet small, odd size", true, d => Image(d, "unet small, odd size", 18, 22)),
        new("motion small, norm across frames", true, d => Video(d, "norm across frames", true)),
        new("motion small, norm per frame", true, d => Video(d, "norm per frame", false)),
    ];

    private static double Clip(Device d)
    {
        var sizes = SmallNetworks.ClipSizes;
        var encoder = new ClipTextEncoder(SmallNetworks.Weights(d), sizes);
        int[] ids = [.. Enumerable.Range(0, Words).Select(j => ((37 * j) + 5) % sizes.VocabularySize)];
        var goldens = Golden.Case("clip small");
        return Math.Max(
            goldens["last_hidden_state"].Error(d.Download(encoder.Forward(d, ids))),
            goldens["clip_skip 1"].Error(d.Download(encoder.Forward(d, ids, clipSkip: 1))));
    }

    private static double Vae(Device d)
    {
        var sizes = SmallNetworks.VaeSizes;
        var vae = new Vae(SmallNetworks.Weights(d), sizes);
        var goldens = Golden.Case("vae small");
        var (mean, logVariance) = vae.Moments(d, Nchw.Input(d, "input.image", new Shape(1, 48, 64, 3), 0.5 * Math.Sqrt(3)));
        var decoded = vae.Decode(d, Nchw.Input(d, "input.latent", mean.Shape, Math.Sqrt(3) * sizes.ScalingFactor));
        double[] errors =
        [
            goldens["mean"].Error(Nchw.From(d.Download(mean), mean.Shape)),
            goldens["logvar"].Error(Nchw.From(d.Download(logVariance), mean.Shape)),
            goldens["decode of the unscaled latent"].Error(Nchw.From(d.Download(decoded), decoded.Shape)),
        ];
        return errors.Max();
    }

    private static double Image(Device d, string name, int height, int width)
    {
        var network = new UNet(SmallNetworks.UNetWeights(d), SmallNetworks.UNetSizes);
        var text = new Shape(1, 1, Words, SmallNetworks.UNetSizes.CrossAttentionDim);
        return Pass(d, network, Golden.Case(name), Nchw.Input(d, "input.sample", new Shape(1, height, width, 4)), tap => new Conditioning
        {
            Timestep = Timestep,
            Text = d.Upload(FormulaWeights.Input("input.context", text.Count), text),
            Tap = tap,
        });
    }

    private static double Video(Device d, string part, bool normAcrossFrames)
    {
        const int Videos = 2, Frames = 5;
        var network = SmallNetworks.UNet(d);
        int each = Words * network.Config.CrossAttentionDim;
        float[] texts = FormulaWeights.Input("input.contexts", Videos * each);
        float[] repeated =
            [.. Enumerable.Range(0, Videos * Frames).SelectMany(n => texts.AsSpan(n / Frames * each, each).ToArray())];
        var latents = Nchw.Videos(d, "input.video", Videos, Frames, new Shape(1, 16, 24, 4));
        return Pass(d, network, Golden.Case("motion small", part), latents, tap => new Conditioning
        {
            Timestep = Timestep,
            Text = d.Upload(repeated, new Shape(Videos * Frames, 1, Words, network.Config.CrossAttentionDim)),
            Frames = Frames,
            NormAcrossFrames = normAcrossFrames,
            Tap = tap,
        });
    }

    private static double Pass(
        Device d, UNet network, IReadOnlyDictionary<string, Golden> goldens, Tensor latents, Func<IFeatureTap, Conditioning> conditioning)
    {
        var got = new Features(d, goldens.Keys);
        network.Forward(d, latents, conditioning(got));
        return got.Count == goldens.Count ? goldens.Max(golden => golden.Value.Error(got[golden.Key])) : double.PositiveInfinity;
    }
}
