using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>
/// The U-Net as a denoiser. As the image model it sees frames one by one, so in groups of any size with the same result; as the video
/// model it sees windows of the clip.
/// </summary>
/// <param name="unet">the network, borrowed for each pass; image and video model may be one</param>
/// <param name="sampler">the rules of the model's own schedule</param>
/// <param name="text">what to show and what not to</param>
/// <param name="guidance">how far to lead away from the negative prompt; no second pass at 1 and below</param>
internal sealed class UNetDenoiser(Part<UNet> unet, ISampler sampler, TextConditions text, double guidance) : IDenoiser
{
    /// <summary>True if the motion modules are on and the frames of a window are one video.</summary>
    public bool IsVideo { get; init; }

    /// <summary>Frames that the image model sees in one pass; 0 for all.</summary>
    public int FramesPerPass { get; init; }

    /// <summary>What the video model sees in one pass; the whole clip if absent.</summary>
    public VideoWindows? Cut { get; init; }

    /// <summary>
    /// How much of the positive prediction's contrast a guided step gets back, 0..1: frame by frame as the image model, of a whole window
    /// as the video model, since a window is the video that the network sees. At 0 guidance is part of the sampler's step.
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
    public IReadOnlyList<FrameWindow> Windows(int frames, int k) =>
        IsVideo ? Cut?.Of(frames, k) ?? FrameWindow.Whole(frames)
        : FramesPerPass == 0 ? FrameWindow.Whole(frames)
        : FrameWindow.Groups(frames, FramesPerPass);

    /// <inheritdoc/>
    public Prediction Rent(Device d, Shape latents, bool isGuided) => isGuided && PassesPerStep == 2 && GuidanceRescale == 0
        ? new Prediction(d.Rent(latents), d.Rent(latents), guidance)
        : new Prediction(d.Rent(latents));

    /// <inheritdoc/>
    public void Predict(
        Device d, Tensor latents, int first, int k, bool isGuided, Prediction y, IFeatureTap? tap = null, Action? onPass = null)
    {
        using var scope = d.Enter("predict");
        bool isDouble = isGuided && PassesPerStep == 2;
        var negative = y.Negative ?? (isDouble ? d.Rent(latents.Shape) : null);
        Pass(d, latents, first, k, text.Positive, y.Positive, tap);
        onPass?.Invoke();
        if (negative is not { } other) return;
        Pass(d, latents, first, k, text.Negative, other, tap);
        onPass?.Invoke();
        if (y.Negative is null) Rescale(d, y.Positive, other);
    }

    /// <summary>Leaves what is guided already in the place of the positive prediction.</summary>
    private void Rescale(Device d, Tensor positive, Tensor negative)
    {
        var shape = positive.Shape;
        if (IsVideo) shape = shape with { N = 1, H = shape.N * shape.H };
        var y = positive.As(shape);
        d.Kernels.RescaleGuidance(y, y, negative.As(shape), (float)guidance, (float)GuidanceRescale);
    }

    private void Pass(Device d, Tensor latents, int first, int k, TextContext prompt, Tensor y, IFeatureTap? tap)
    {
        int frames = latents.Shape.N;
        var c = new Conditioning
        {
            Timestep = sampler.Schedule.Timestep(k),
            Text = prompt.Slice(first, frames),
            Frames = IsVideo ? frames : 0,
            NormAcrossFrames = NormAcrossFrames,
            Tap = tap,
        };

        // What a tap takes or gives is not part of a record, nor is what is read on the way.
        using var loan = unet.Borrow();
        if (tap is not null || loan.Value.IsStreamed) loan.Value.Forward(d, latents, c, into: y);
        else Pass(d, loan.Value, latents, c, y);
    }

    /// <summary>A pass that is recorded: what comes from the host is made before it.</summary>
    private void Pass(Device d, UNet network, Tensor latents, in Conditioning conditioning, Tensor y)
    {
        using var scope = d.Enter("pass");
        var c = conditioning with { TimeEmbedding = network.Embed(d, conditioning.Timestep) };
        var key = new PassKey(network, At(latents), At(c.TimeEmbedding.Value), c.Text, At(y), c.Frames, c.NormAcrossFrames);
        Replay(d, key, () => network.Forward(d, latents, c, into: y));
    }

    private static (DeviceBuffer, long, Shape) At(Tensor tensor) => (tensor.Buffer, tensor.Offset, tensor.Shape);

    /// <summary>
    /// All that the operations of a pass depend on: the steps of a stage have the same. A U-Net that was given back and read again is
    /// another one.
    /// </summary>
    private sealed record PassKey(
        UNet UNet, (DeviceBuffer, long, Shape) Latents, (DeviceBuffer, long, Shape) TimeEmbedding, TextContext Text,
        (DeviceBuffer, long, Shape) Noise, int Frames, bool NormAcrossFrames)
    {
        /// <summary>For errors.</summary>
        public override string ToString() => $"a U-Net pass on {Latents.Item3}{(Frames > 0 ? " as video" : "")}";
    }
}
