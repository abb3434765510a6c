using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Bench;

/// <summary>Whole networks of Stable Diffusion 1.5 on weights by formula.</summary>
internal static class NetworkCases
{
    private const string Group = "networks";
    private const int Words = 77;

    public static IEnumerable<Case> All()
    {
        yield return UNet("U-Net pass, 512x512", 1, 64, hasMotion: false);
        yield return UNet("motion U-Net pass, 16 frames of 256x256", 16, 32, hasMotion: true);
        yield return new Case(Group, "VAE encode, 512x512", d => Run(d, new Shape(1, 512, 512, 3), (vae, x) => vae.Encode(d, x)),
            Square("vae_encode", 512));
        yield return new Case(Group, "VAE decode, 512x512", d => Run(d, new Shape(1, 64, 64, 4), (vae, z) => vae.Decode(d, z)),
            Square("vae_decode", 512));
        yield return new Case(Group, "CLIP, 77 tokens", Clip, new() { ["op"] = "clip" });
    }

    private static Case UNet(string name, int frames, int side, bool hasMotion)
    {
        var request = Square("unet", side);
        request["n"] = frames;
        request["motion"] = hasMotion;
        return new Case(Group, name, d => UNet(d, frames, side, hasMotion), request);
    }

    private static Action UNet(Device d, int frames, int side, bool hasMotion)
    {
        var network = new UNet(Weights(d), UNetConfig.Sd15, hasMotion ? MotionConfig.AnimateDiffV2 : null);
        Tensor z = Inputs.Latents(d, new Shape(frames, side, side, 4)), text = Inputs.Latents(d, new Shape(1, 1, Words, 768));
        return InScope(d, () => network.Forward(d, z, new Conditioning { Timestep = 481, Text = text, Frames = hasMotion ? frames : 0 }));
    }

    /// <summary>A pass of the motion U-Net at this latent size, for a number of frames given later.</summary>
    public static Func<int, Action> MotionPasses(Device d, int side)
    {
        var network = new UNet(Weights(d), UNetConfig.Sd15, MotionConfig.AnimateDiffV2);
        return frames => InScope(d, () =>
        {
            Tensor z = Inputs.Latents(d, new Shape(frames, side, side, 4)), text = Inputs.Latents(d, new Shape(1, 1, Words, 768));
            network.Forward(d, z, new Conditioning { Timestep = 481, Text = text, Frames = frames });
        });
    }

    private static Action Run(Device d, Shape shape, Action<Vae, Tensor> run)
    {
        var vae = new Vae(Weights(d), VaeConfig.Sd15);
        var x = Inputs.Latents(d, shape);
        return InScope(d, () => run(vae, x));
    }

    private static Action Clip(Device d)
    {
        var network = new ClipTextEncoder(Weights(d), ClipConfig.VitL);
        int[] ids = [.. Enumerable.Range(0, Words)];
        return InScope(d, () => network.Forward(d, ids));
    }

    /// <summary>What a pass rents is free after it.</summary>
    private static Action InScope(Device d, Action run) => () =>
    {
        using var scope = d.Enter("pass");
        run();
    };

    private static WeightSource Weights(Device d) => new WeightStore(d, new FormulaWeights()).Root;

    private static Dictionary<string, object> Square(string op, int side) => new() { ["op"] = op, ["h"] = side, ["w"] = side };
}
