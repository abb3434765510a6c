using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>A tensor that a network reads.</summary>
/// <param name="Part">whose it is</param>
/// <param name="Name">in diffusers' words</param>
/// <param name="Shape">as diffusers stores it</param>
internal sealed record NetworkTensor(ModelPart Part, string Name, IReadOnlyList<long> Shape);

/// <summary>
/// The tensors of a model, found by letting its networks ask for their weights on a device that computes nothing. So what is missing or
/// misshapen is known before anything is written.
/// </summary>
internal static class NetworkTensors
{
    /// <summary>All of them, part by part, in the order in which the networks ask.</summary>
    /// <exception cref="InputException">lists what does not fit the networks</exception>
    public static IReadOnlyList<NetworkTensor> Of(ModelParts parts)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var asked = parts.Networks.ToDictionary(part => part, part => new RecordedWeights(part.Weights));
        var stores = asked.ToDictionary(pair => pair.Key, pair => new WeightStore(d, pair.Value));
        _ = parts.Motion is { } motion
            ? new UNet(stores[parts.UNet].Root, parts.UNet.Config, motion.Config, stores[motion].Root)
            : new UNet(stores[parts.UNet].Root, parts.UNet.Config);
        _ = new Vae(stores[parts.Vae].Root, parts.Vae.Config);
        _ = new ClipTextEncoder(stores[parts.TextEncoder].Root, parts.TextEncoder.Config);
        foreach (var store in stores.Values) store.Verify();
        return [.. parts.Networks.SelectMany(part => asked[part].Asked.Select(tensor => Of(part, tensor.Name, tensor.Shape)))];
    }

    /// <summary>Checks the names and shapes of a part by itself, motion modules with a U-Net that they were made for.</summary>
    /// <exception cref="InputException">lists what does not fit the network</exception>
    public static void Verify(ModelPart part)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var store = new WeightStore(d, part.Weights);
        _ = part switch
        {
            ModelPart<UNetConfig> unet => (object)new UNet(store.Root, unet.Config),
            ModelPart<VaeConfig> vae => new Vae(store.Root, vae.Config),
            ModelPart<ClipConfig> text => new ClipTextEncoder(store.Root, text.Config),
            ModelPart<MotionConfig> motion => new UNet(
                new WeightStore(d, new FormulaWeights()).Root, UNetOf(motion.Config), motion.Config, store.Root),
            _ => part,
        };
        store.Verify();
    }

    /// <summary>All of a part that stands alone.</summary>
    public static IReadOnlyList<NetworkTensor> Of(ModelPart part) =>
        [.. part.Weights.Names.Select(name => Of(part, name, part.Weights.FindShape(name, [])!))];

    /// <summary>A U-Net of the same levels, which looks at its text in the middle alone: motion modules do not depend on that.</summary>
    private static UNetConfig UNetOf(MotionConfig motion)
    {
        bool[] without = new bool[motion.BlockOutChannels.Count];
        return new(motion.BlockOutChannels, without, without, motion.LayersPerBlock)
        {
            Heads = motion.Heads,
            NormNumGroups = motion.NormNumGroups,
        };
    }

    private static NetworkTensor Of(ModelPart part, string name, IReadOnlyList<long> shape) =>
        new(part, name, NetworkShapes.InDiffusers(part.Kind, name, shape));
}
