using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Tests.Evs;

/// <summary>A network that is a function of each number and the timestep; it counts its calls.</summary>
internal sealed class ToyDenoiser(
    ISampler sampler, Func<double, int, double> positive, Func<double, int, double>? negative = null, double guidance = 1) : IDenoiser
{
    public List<(int Step, bool IsGuided)> Calls { get; } = [];

    public ISampler Sampler => sampler;

    /// <summary>Frames of a pass; 0 for all.</summary>
    public int FramesPerPass { get; init; }

    public IReadOnlyList<FrameWindow> Windows(int frames, int k) =>
        FramesPerPass == 0 ? FrameWindow.Whole(frames) : FrameWindow.Groups(frames, FramesPerPass);

    public int PassesPerStep => negative is null ? 1 : 2;

    public Prediction Rent(Device d, Shape latents, bool isGuided) => negative is not null && isGuided
        ? new Prediction(d.Rent(latents), d.Rent(latents), guidance)
        : new Prediction(d.Rent(latents));

    public void Predict(
        Device d, Tensor latents, int first, int k, bool isGuided, Prediction y, IFeatureTap? tap = null, Action? onPass = null)
    {
        Calls.Add((k, isGuided));
        Write(d, y.Positive, latents, k, positive);
        if (y.Negative is { } other) Write(d, other, latents, k, negative!);
    }

    private void Write(Device d, Tensor y, Tensor latents, int k, Func<double, int, double> network) =>
        d.Write(y, [.. d.Download(latents).Select(z => (float)network(z, sampler.Schedule.Timestep(k)))]);
}
