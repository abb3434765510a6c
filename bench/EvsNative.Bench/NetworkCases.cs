using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Bench;

/// <summary>Whole networks of Stable Diffusion 1.5 on weights and inputs by formula.</summary>
internal static class NetworkCases
{
    private const string Group = "networks";
    private const int Words = 77, Width = 768;

    public static IEnumerable<Case> All()
    {
        yield return UNet("U-Net pass, 512x512", 1, 64, hasMotion: false);
        yield return UNet("motion U-Net pass, 16 frames of 256x256", 16, 32, hasMotion: true);
        yield return Of("VAE encode, 512x512", d =>
        {
            Tensor x = Inputs.OfNetwork(d, "input.image", new Shape(1, 512, 512, 3)), y = d.Rent(new Shape(1, 64, 64, 4));
            var vae = new Vae(Weights(d), VaeConfig.Sd15);
            return Prepared.OfPicture(d, InScope(d, () => vae.Encode(d, x, y)), y);
        }, Square("vae_encode", 512));
        yield return Of("VAE decode, 512x512", d =>
        {
            Tensor z = Inputs.OfNetwork(d, "input.latents", new Shape(1, 64, 64, 4)), y = d.Rent(new Shape(1, 512, 512, 3));
            var vae = new Vae(Weights(d), VaeConfig.Sd15);
            return Prepared.OfPicture(d, InScope(d, () => vae.Decode(d, z, y)), y);
        }, Square("vae_decode", 512));
        yield return Of("CLIP, 77 tokens", d =>
        {
            var y = d.Rent(new Shape(1, 1, Words, Width));
            var network = new ClipTextEncoder(Weights(d), ClipConfig.VitL);
            int[] ids = [.. Enumerable.Range(0, Words)];
            return Prepared.Of(d, InScope(d, () => network.Forward(d, ids, into: y)), y);
        }, new() { ["op"] = "clip" });
    }

    private static Case UNet(string name, int frames, int side, bool hasMotion)
    {
        var request = Square("unet", side);
        request["n"] = frames;
        request["motion"] = hasMotion;
        return Of(name, d =>
        {
            var network = new UNet(Weights(d), UNetConfig.Sd15, hasMotion ? MotionConfig.AnimateDiffV2 : null);
            Tensor z = Inputs.OfNetwork(d, "input.sample", new Shape(frames, side, side, 4)), y = d.Rent(z.Shape);
            var conditioning = Conditioning(d, hasMotion ? frames : 0);
            return Prepared.OfPicture(d, InScope(d, () => network.Forward(d, z, conditioning, y)), y);
        }, request);
    }

    /// <summary>A pass of the motion U-Net at this latent size, for a number of frames given later.</summary>
    public static Func<int, Action> MotionPasses(Device d, int side)
    {
        var network = new UNet(Weights(d), UNetConfig.Sd15, MotionConfig.AnimateDiffV2);
        return frames => InScope(d, () =>
        {
            Tensor z = Inputs.Latents(d, new Shape(frames, side, side, 4)), text = Inputs.Latents(d, new Shape(1, 1, Words, Width));
            network.Forward(d, z, new Conditioning { Timestep = 481, Text = text, Frames = frames });
        });
    }

    private static Conditioning Conditioning(Device d, int frames)
    {
        var text = Inputs.OfNetwork(d, "input.context", new Shape(1, 1, Words, Width), isPicture: false);
        return new Conditioning { Timestep = 481, Text = text, Frames = frames };
    }

    /// <summary>What a pass rents is free after it.</summary>
    internal static Action InScope(Device d, Action run) => () =>
    {
        using var scope = d.Enter("pass");
        run();
    };

    internal static WeightSource Weights(Device d) => new WeightStore(d, new FormulaWeights()).Root;

    private static Case Of(string name, Func<Device, Prepared> prepare, Dictionary<string, object> request) =>
        Case.Beside(Group, name, prepare, request) with { IsNetwork = true };

    private static Dictionary<string, object> Square(string op, int side) => new() { ["op"] = op, ["h"] = side, ["w"] = side };
}
