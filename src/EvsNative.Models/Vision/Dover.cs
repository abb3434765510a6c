using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// DOVER, which judges clips by two networks: one sees a mosaic of fragments in their own resolution and judges technical quality, the
/// other sees whole frames made smaller and judges aesthetics (Wu et al., "Exploring Video Quality Assessment on User Generated Contents
/// from Aesthetic and Technical Perspectives", ICCV 2023). What comes out is raw; scores in 0..100 are made of it elsewhere.
/// Activations are float32.
/// </summary>
public sealed class Dover
{
    private readonly Swin3d _technicalBackbone;
    private readonly ConvNeXt3d _aestheticBackbone;
    private readonly QualityHead _technicalHead, _aestheticHead;

    /// <summary>Reads both branches under the names of DOVER.pth.</summary>
    public Dover(WeightSource w, DoverConfig config)
    {
        Config = config;
        _technicalBackbone = new Swin3d(w / "technical_backbone", config.Technical);
        _technicalHead = new QualityHead(w / "technical_head", config.Technical.OutChannels, config.HeadChannels);
        _aestheticBackbone = new ConvNeXt3d(w / "aesthetic_backbone", config.Aesthetic);
        _aestheticHead = new QualityHead(w / "aesthetic_head", config.Aesthetic.Channels[^1], config.HeadChannels);
    }

    /// <summary>Sizes.</summary>
    public DoverConfig Config { get; }

    /// <summary>
    /// How good clips are technically. They are worked on one after the other: what one is given does not depend on the others.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="clips">[32 n,224,224,3]: n mosaics of fragments, normalised; other sides are worked on too</param>
    /// <returns>the mean over the places of each clip, raw</returns>
    /// <exception cref="ArgumentException">the frames do not divide into clips</exception>
    public double[] Technical(Device d, Tensor clips)
    {
        int count = clips.Shape.N / DoverConfig.Frames;
        if (count * DoverConfig.Frames != clips.Shape.N)
            throw new ArgumentException($"dover: {clips} does not divide into clips of {DoverConfig.Frames} frames");
        double[] means = new double[count];
        for (int i = 0; i < count; i++)
        {
            using var scope = d.Enter("dover.technical");
            means[i] = Mean(d, TechnicalPlaces(d, clips.Images(i * DoverConfig.Frames, DoverConfig.Frames)));
        }

        return means;
    }

    /// <summary>How pleasing a clip is.</summary>
    /// <param name="d">the device</param>
    /// <param name="clip">[32,224,224,3]: whole frames, normalised; other sides are worked on too</param>
    /// <returns>the mean over the places, raw</returns>
    /// <exception cref="ArgumentException">another number of frames</exception>
    public double Aesthetic(Device d, Tensor clip)
    {
        if (clip.Shape.N != DoverConfig.Frames)
            throw new ArgumentException($"dover: {clip} is not one clip of {DoverConfig.Frames} frames");
        using var scope = d.Enter("dover.aesthetic");
        return Mean(d, AestheticPlaces(d, clip));
    }

    /// <summary>The technical numbers of a clip [D,H,W,3] of any length, [D/2,H/32,W/32,1].</summary>
    internal Tensor TechnicalPlaces(Device d, Tensor clip, IFeatureTap? tap = null) =>
        _technicalHead.Forward(d, _technicalBackbone.Forward(d, clip, tap));

    /// <summary>The aesthetic numbers of a clip [D,H,W,3] of any even length, [D/2,H/32,W/32,1].</summary>
    internal Tensor AestheticPlaces(Device d, Tensor clip, IFeatureTap? tap = null) =>
        _aestheticHead.Forward(d, _aestheticBackbone.Forward(d, clip, tap));

    private static double Mean(Device d, Tensor places) => d.Download(places).Average(value => (double)value);
}
