using EvsNative.Kernels;
using EvsNative.Models.Evs;

namespace EvsNative.Models.Tests.Evs;

/// <summary>One step's prediction of a whole clip, without a run around it.</summary>
internal static class StepPrediction
{
    /// <summary>As a run makes it, without a store.</summary>
    public static Prediction Of(Device d, IDenoiser denoiser, Tensor latents, int k, bool isGuided)
    {
        var step = new CourseStep(0, 0, new EvsStage(Expert.Image, Entry.Noise, k, k), k, IsClimbing: !isGuided, Calls: 1);
        return new StepPasses(new WorkLoop(null)).Predict(d, denoiser, latents, step);
    }
}
