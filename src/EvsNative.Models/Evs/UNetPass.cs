using EvsNative.Kernels;

namespace EvsNative.Models.Evs;

/// <summary>One pass of the U-Net without a clip, to count or time it.</summary>
public static class UNetPass
{
    /// <summary>A pass on random latents and text.</summary>
    /// <param name="d">the device that the networks are on</param>
    /// <param name="networks">the networks</param>
    /// <param name="latents">[N,h,w,4]</param>
    /// <param name="frames">frames of a video; 0 leaves the motion modules out</param>
    public static void Run(Device d, EvsNetworks networks, Shape latents, int frames = 0)
    {
        using var unet = networks.UNet.Borrow();
        using var scope = d.Enter("pass");
        Tensor z = d.Rent(latents), text = d.Rent(new Shape(1, 1, 77, unet.Value.Config.CrossAttentionDim));
        d.Kernels.Noise(z, new NoiseKey(0, 0));
        d.Kernels.Noise(text, new NoiseKey(0, 1));
        unet.Value.Forward(d, z, new Conditioning { Timestep = 481, Text = text, Frames = frames });
    }
}
