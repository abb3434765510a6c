using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>A network with its text, its sampler and its guidance: all that a stage needs to know of a model.</summary>
internal interface IDenoiser
{
    /// <summary>The rules between its noise levels.</summary>
    ISampler Sampler { get; }

    /// <summary>Network passes of a guided step: 2, or 1 where guidance is 1 or less.</summary>
    int PassesPerStep { get; }

    /// <summary>How a step is cut into passes.</summary>
    /// <param name="frames">of the clip</param>
    /// <param name="k">the step</param>
    IReadOnlyList<FrameWindow> Windows(int frames, int k) => FrameWindow.Whole(frames);

    /// <summary>Room for a prediction, rented from the device's arena.</summary>
    /// <param name="d">the device</param>
    /// <param name="latents">[F,h,w,C] of what is to be predicted</param>
    /// <param name="isGuided">false for the single pass of an inversion</param>
    Prediction Rent(Device d, Shape latents, bool isGuided);

    /// <summary>The noise in the latents of a window.</summary>
    /// <param name="d">the device</param>
    /// <param name="latents">[N,h,w,C] at level k (at k - 1 on the way up)</param>
    /// <param name="first">the number that the first of them has in the clip</param>
    /// <param name="k">the step whose timestep the network is told</param>
    /// <param name="isGuided">false for the single pass of an inversion</param>
    /// <param name="y">from <see cref="Rent"/>, to be filled</param>
    /// <param name="tap">features to record or to inject</param>
    /// <param name="onPass">told after each pass of the network; a device may still be at it</param>
    void Predict(
        Device d, Tensor latents, int first, int k, bool isGuided, Prediction y, IFeatureTap? tap = null, Action? onPass = null);
}
