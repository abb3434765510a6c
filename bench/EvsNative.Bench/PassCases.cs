using System.Runtime.CompilerServices;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Bench;

/// <summary>
/// What runs at 512 x 512 and 640 x 1024 consist of, at full size on weights by formula: passes of the image and of the video model, the
/// autoencoder. The networks are loaded once for a device and shared by all lines.
/// </summary>
internal static class PassCases
{
    private const string Group = "passes";
    private const int Frames = 16, Both = 32, Words = 77, Width = 768;

    private static readonly ConditionalWeakTable<Device, UNet> UNets = [];
    private static readonly ConditionalWeakTable<Device, Vae> Autoencoders = [];

    public static IEnumerable<Case> All()
    {
        yield return Pass("U-Net pass, 512x512", 1, 512, 512, hasMotion: false);
        yield return Pass($"U-Net pass, {Frames} frames of 512x512", Frames, 512, 512, hasMotion: false);
        yield return Pass($"U-Net pass, {Both} frames of 512x512", Both, 512, 512, hasMotion: false);
        yield return Pass($"motion U-Net pass, {Frames} frames of 512x512", Frames, 512, 512, hasMotion: true);
        yield return Pass($"U-Net pass, {Both} frames of 1024x640", Both, 640, 1024, hasMotion: false);
        yield return Pass($"motion U-Net pass, {Frames} frames of 1024x640", Frames, 640, 1024, hasMotion: true);
        yield return Of("autoencoder, encode 512x512", d => OnVae(d, new Shape(1, 512, 512, 3), (vae, x) => vae.Encode(d, x)),
            new() { ["op"] = "vae_encode", ["h"] = 512, ["w"] = 512 });
        yield return Of("autoencoder, decode 512x512", d => OnVae(d, new Shape(1, 64, 64, 4), (vae, z) => vae.Decode(d, z)),
            new() { ["op"] = "vae_decode", ["h"] = 512, ["w"] = 512 });
    }

    internal static Case Pass(string name, int frames, int height, int width, bool hasMotion) => Of(
        name,
        d =>
        {
            var network = UNets.GetValue(d, device => new UNet(Weights(device), UNetConfig.Sd15, MotionConfig.AnimateDiffV2));
            Tensor z = Inputs.Latents(d, new Shape(frames, height / 8, width / 8, 4)),
                text = Inputs.Latents(d, new Shape(1, 1, Words, Width));
            var conditioning = new Conditioning { Timestep = 481, Text = text, Frames = hasMotion ? frames : 0 };
            return InScope(d, () => network.Forward(d, z, conditioning));
        },
        new() { ["op"] = "unet", ["n"] = frames, ["h"] = height / 8, ["w"] = width / 8, ["motion"] = hasMotion });

    private static Action OnVae(Device d, Shape shape, Action<Vae, Tensor> run)
    {
        var vae = Autoencoders.GetValue(d, device => new Vae(Weights(device), VaeConfig.Sd15));
        var x = Inputs.Latents(d, shape);
        return InScope(d, () => run(vae, x));
    }

    private static Action InScope(Device d, Action run) => () =>
    {
        using var scope = d.Enter("pass");
        run();
    };

    /// <summary>In 16 bits where the device computes in them, as a run keeps them.</summary>
    private static WeightSource Weights(Device d) =>
        new WeightStore(d, new FormulaWeights()) { IsHalved = d.Precision == ElementType.Float16 }.Root;

    private static Case Of(string name, Func<Device, Action> prepare, Dictionary<string, object> request) =>
        new(Group, name, prepare, request) { IsNetwork = true };
}
