using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Tests.Evs;

/// <summary>
/// A network that offers its latents as a feature; where one is injected, a share of it is added to the prediction. It sees windows.
/// </summary>
internal sealed class RecallingDenoiser(IDenoiser inner, VideoWindows? cut) : IDenoiser
{
    public const string Feature = "feature";

    /// <summary>Most bytes that outlived scopes when it was asked.</summary>
    public long MostHeldBytes { get; private set; }

    public ISampler Sampler => inner.Sampler;

    public int PassesPerStep => inner.PassesPerStep;

    public IReadOnlyList<FrameWindow> Windows(int frames, int k) => cut?.Of(frames, k) ?? FrameWindow.Whole(frames);

    public Prediction Rent(Device d, Shape latents, bool isGuided) => inner.Rent(d, latents, isGuided);

    public void Predict(
        Device d, Tensor latents, int first, int k, bool isGuided, Prediction y, IFeatureTap? tap = null, Action? onPass = null)
    {
        inner.Predict(d, latents, first, k, isGuided, y);
        tap?.Observe(Feature, latents);
        if (tap?.Injected(Feature) is { } injection) d.Kernels.Combine(y.Positive, 1, y.Positive, 0.3f, injection.Recorded);
        MostHeldBytes = Math.Max(MostHeldBytes, d.PersistentBytes);
    }
}
