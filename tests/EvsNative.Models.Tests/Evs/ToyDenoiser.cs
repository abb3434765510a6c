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

    public int PassesPerStep => negative is null ? 1 : 2;

    public Prediction Predict(Device d, Tensor latents, int k, bool isGuided, IFeatureTap? tap = null)
    {
        Calls.Add((k, isGuided));
        var p = Of(d, latents, k, positive);
        return negative is not null && isGuided ? new Prediction(p, Of(d, latents, k, negative), guidance) : new Prediction(p);
    }

    private Tensor Of(Device d, Tensor latents, int k, Func<double, int, double> network) =>
        d.Upload([.. d.Download(latents).Select(z => (float)network(z, sampler.Schedule.Timestep(k)))], latents.Shape);
}
