using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>
/// The U-Net as a denoiser. As the image model it sees frames one by one, so in groups of any size with the same result; as the video model it sees
/// the whole clip.
/// </summary>
/// <param name="unet">the network; image and video model may be one</param>
/// <param name="sampler">the rules of the model's own schedule</param>
/// <param name="text">what to show and what not to</param>
/// <param name="guidance">how far to lead away from the negative prompt; no second pass at 1 and below</param>
public sealed class UNetDenoiser(UNet unet, ISampler sampler, TextConditions text, double guidance) : IDenoiser
{
    /// <summary>True if the motion modules are on and all frames are one video.</summary>
    public bool IsVideo { get; init; }

    /// <summary>Frames that the image model sees in one pass; 0 for all.</summary>
    public int FramesPerPass { get; init; }

    /// <summary>True if the motion modules' norm sees all frames at once.</summary>
    public bool NormAcrossFrames { get; init; } = true;

    /// <inheritdoc/>
    public ISampler Sampler => sampler;

    /// <inheritdoc/>
    public int PassesPerStep => guidance > 1 ? 2 : 1;

    /// <inheritdoc/>
    public Prediction Predict(Device d, Tensor latents, int k, bool isGuided, IFeatureTap? tap = null)
    {
        var positive = Pass(d, latents, k, text.Positive, tap);
        return isGuided && PassesPerStep == 2
            ? new Prediction(positive, Pass(d, latents, k, text.Negative, tap), guidance)
            : new Prediction(positive);
    }

    private Tensor Pass(Device d, Tensor latents, int k, Tensor words, IFeatureTap? tap)
    {
        int frames = latents.Shape.N, timestep = sampler.Schedule.Timestep(k);

        // A tap's features are of all frames, so they are exchanged in one pass.
        int group = IsVideo || FramesPerPass == 0 || tap is not null ? frames : FramesPerPass;
        var y = d.Rent(latents.Shape);
        for (int first = 0; first < frames; first += group)
        {
            int count = Math.Min(group, frames - first);
            Tensor z = latents.Images(first, count), noise = y.Images(first, count);
            if (tap is not null)
            {
                unet.Forward(d, z, timestep, words, IsVideo ? count : 0, tap, NormAcrossFrames, noise);
                continue;
            }

            using var scope = d.Enter("pass");
            var temb = unet.Embed(d, timestep);
            var place = new Place(unet, At(z), At(temb), At(words), At(noise), IsVideo, NormAcrossFrames);
            d.Replay(place, () => unet.Forward(d, z, temb, words, IsVideo ? count : 0, null, NormAcrossFrames, noise));
        }

        return y;
    }

    private static (DeviceBuffer, long, Shape) At(Tensor tensor) => (tensor.Buffer, tensor.Offset, tensor.Shape);

    /// <summary>All that the operations of a pass depend on: the steps of a stage have the same.</summary>
    private sealed record Place(
        UNet UNet, (DeviceBuffer, long, Shape) Latents, (DeviceBuffer, long, Shape) Temb, (DeviceBuffer, long, Shape) Text, (DeviceBuffer, long, Shape) Noise,
        bool IsVideo, bool NormAcrossFrames);
}
