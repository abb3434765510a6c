using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>
/// The U-Net as a denoiser. As the image model it sees frames one by one, so in groups of any size with the same result; as the video
/// model it sees the whole clip.
/// </summary>
/// <param name="unet">the network; image and video model may be one</param>
/// <param name="sampler">the rules of the model's own schedule</param>
/// <param name="text">what to show and what not to</param>
/// <param name="guidance">how far to lead away from the negative prompt; no second pass at 1 and below</param>
internal sealed class UNetDenoiser(UNet unet, ISampler sampler, TextConditions text, double guidance) : IDenoiser
{
    /// <summary>True if the motion modules are on and all frames are one video.</summary>
    public bool IsVideo { get; init; }

    /// <summary>Frames that the image model sees in one pass; 0 for all.</summary>
    public int FramesPerPass { get; init; }

    /// <summary>
    /// How much of the positive prediction's contrast a guided step gets back, 0..1: frame by frame as the image model, of the whole clip
    /// as the video model. At 0 guidance is part of the sampler's step.
    /// </summary>
    public double GuidanceRescale { get; init; }

    /// <summary>True if the motion modules' norm sees all frames at once.</summary>
    public bool NormAcrossFrames { get; init; } = true;

    /// <inheritdoc/>
    public ISampler Sampler => sampler;

    /// <inheritdoc/>
    public int PassesPerStep => guidance > 1 ? 2 : 1;

    /// <summary>How a pass is recorded and repeated; tests put their own in its place.</summary>
    internal Action<Device, object, Action> Replay { get; init; } = static (d, key, pass) => d.Replay(key, pass);

    /// <inheritdoc/>
    public Prediction Predict(Device d, Tensor latents, int k, bool isGuided, IFeatureTap? tap = null)
    {
        var positive = Predict(d, latents, k, text.Positive, tap);
        if (!isGuided || PassesPerStep != 2) return new Prediction(positive);
        var negative = Predict(d, latents, k, text.Negative, tap);
        return GuidanceRescale > 0 ? Rescaled(d, positive, negative) : new Prediction(positive, negative, guidance);
    }

    /// <summary>Guided already, in the place of the positive prediction.</summary>
    private Prediction Rescaled(Device d, Tensor positive, Tensor negative)
    {
        var shape = positive.Shape;
        if (IsVideo) shape = shape with { N = 1, H = shape.N * shape.H };
        var y = positive.As(shape);
        d.Kernels.RescaleGuidance(y, y, negative.As(shape), (float)guidance, (float)GuidanceRescale);
        return new Prediction(positive);
    }

    private Tensor Predict(Device d, Tensor latents, int k, TextContext prompt, IFeatureTap? tap)
    {
        int frames = latents.Shape.N;
        var y = d.Rent(latents.Shape);
        var c = new Conditioning
        {
            Timestep = sampler.Schedule.Timestep(k),
            Text = prompt,
            Frames = IsVideo ? frames : 0,
            NormAcrossFrames = NormAcrossFrames,
            Tap = tap,
        };

        // A tap's features are of all frames, so they are exchanged in one pass.
        if (tap is not null) unet.Forward(d, latents, c, into: y);
        else if (IsVideo || FramesPerPass == 0 || FramesPerPass >= frames) Pass(d, latents, c, y);
        else
        {
            for (int first = 0; first < frames; first += FramesPerPass)
            {
                int count = Math.Min(FramesPerPass, frames - first);
                Group(d, latents.Images(first, count), c with { Text = prompt.Slice(first, count) }, y.Images(first, count));
            }
        }

        return y;
    }

    /// <summary>A pass at a place that is the same for all groups of one size, so that they are one record.</summary>
    private void Group(Device d, Tensor latents, in Conditioning c, Tensor y)
    {
        using var scope = d.Enter("group");
        Tensor z = d.Rent(latents.Shape), noise = d.Rent(y.Shape);
        d.Kernels.Copy(z, latents);
        Pass(d, z, c, noise);
        d.Kernels.Copy(y, noise);
    }

    /// <summary>A pass that is recorded: what comes from the host is made before it.</summary>
    private void Pass(Device d, Tensor latents, in Conditioning conditioning, Tensor y)
    {
        using var scope = d.Enter("pass");
        var c = conditioning with { TimeEmbedding = unet.Embed(d, conditioning.Timestep) };
        var key = new PassKey(unet, At(latents), At(c.TimeEmbedding.Value), c.Text, At(y), c.Frames, c.NormAcrossFrames);
        Replay(d, key, () => unet.Forward(d, latents, c, into: y));
    }

    private static (DeviceBuffer, long, Shape) At(Tensor tensor) => (tensor.Buffer, tensor.Offset, tensor.Shape);

    /// <summary>All that the operations of a pass depend on: the steps of a stage have the same.</summary>
    private sealed record PassKey(
        UNet UNet, (DeviceBuffer, long, Shape) Latents, (DeviceBuffer, long, Shape) TimeEmbedding, TextContext Text,
        (DeviceBuffer, long, Shape) Noise, int Frames, bool NormAcrossFrames)
    {
        /// <summary>For errors.</summary>
        public override string ToString() => $"a U-Net pass on {Latents.Item3}{(Frames > 0 ? " as video" : "")}";
    }
}
