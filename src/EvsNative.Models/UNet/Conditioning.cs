using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>What the U-Net and each of its layers are told beside the picture.</summary>
public readonly record struct Conditioning
{
    /// <summary>The norm sees a video as one, there are no frames and no tap; text and time are to be given.</summary>
    public Conditioning() { }

    /// <summary>The training step, 0..999, where there is no <see cref="TimeEmbedding"/>.</summary>
    public float Timestep { get; init; }

    /// <summary>
    /// [1,1,1,T], float32: the training step as <see cref="UNet.Embed"/> gives it. With it a pass moves nothing between host and device,
    /// so that a device may record it.
    /// </summary>
    public Tensor? TimeEmbedding { get; init; }

    /// <summary>[1,1,J,T] for all images, [N,1,J,T], or one for each run of images; J is 77 for each chunk of a prompt.</summary>
    public required TextContext Text { get; init; }

    /// <summary>Frames of one video, of which the images are a multiple; 0 leaves the motion modules out.</summary>
    public int Frames { get; init; }

    /// <summary>The motion modules' norm sees a video as one (diffusers), or frame by frame (the original AnimateDiff).</summary>
    public bool NormAcrossFrames { get; init; } = true;

    /// <summary>Features to inject, or a recorder of features.</summary>
    public IFeatureTap? Tap { get; init; }
}
