using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>
/// Runs a list of stages on the clean latents of a clip. Only the clean estimate crosses from one expert to the other: their noise levels differ, so
/// noisy latents of one mean nothing to the other.
/// </summary>
/// <param name="image">the image model; may be absent from plans that do not ask it</param>
/// <param name="video">the video model; likewise</param>
/// <param name="noise">the Gaussian numbers</param>
/// <param name="features">names of the features that are recorded on the way up of an inverting stage and injected on its way down</param>
/// <param name="gamma">weight of the recorded queries</param>
public sealed class EvsRefiner(IDenoiser? image, IDenoiser? video, INoiseSource noise, IReadOnlySet<string>? features = null, double gamma = 1)
{
    /// <summary>Refines a clip. Cancelling the device's token stops it within the running operation.</summary>
    /// <param name="d">the device</param>
    /// <param name="x0">[F,h,w,C], clean scaled latents of all frames, float32; left as they are</param>
    /// <param name="plan">from <see cref="EvsPlan.Build"/></param>
    /// <param name="progress">told after every step</param>
    /// <returns>the latents after the last stage, at its scale; its clean estimate if it stops above level 0</returns>
    /// <exception cref="InputException">the numbers are no longer finite, or a model is missing</exception>
    public Tensor Refine(Device d, Tensor x0, IReadOnlyList<EvsStage> plan, IProgress<EvsProgress>? progress = null)
    {
        var result = d.Rent(SizeAt(x0.Shape, plan[^1]));
        using var scope = d.Enter("evs");

        var reporter = new EvsReporter(plan, EvsPlan.Calls(plan, image?.PassesPerStep ?? 0, video?.PassesPerStep ?? 0), progress);
        var directions = new Dictionary<Expert, Tensor>();
        var clean = x0;
        for (int i = 0; i < plan.Count; i++)
        {
            var stage = plan[i];
            var denoiser = stage.Expert == Expert.Image ? image : video;
            if (denoiser is null) throw new InputException($"stage {i + 1} ({stage}) needs a model that was not given");
            reporter.Begin(i);

            var shape = SizeAt(x0.Shape, stage);
            Tensor latents = d.Rent(shape), estimate = d.Rent(shape), direction = d.Rent(shape);
            using (d.Enter(stage.ToString()))
            {
                using var tape = features is { Count: > 0 } && stage.Entry == Entry.Invert ? new FeatureTape(d, features, gamma) : null;
                Resize(d, estimate, clean);
                switch (stage.Entry)
                {
                    case Entry.Noise: AddNoise(d, denoiser.Sampler, latents, estimate, stage); break;
                    case Entry.Invert: Climb(d, denoiser, latents, estimate, stage, tape, reporter); break;
                    case Entry.Direction: Follow(d, denoiser.Sampler, latents, estimate, directions[stage.Expert], stage); break;
                    default: throw new ArgumentOutOfRangeException(nameof(plan));
                }

                Descend(d, denoiser, latents, estimate, direction, stage, tape, reporter);
            }

            (clean, directions[stage.Expert]) = (estimate, direction);
            if (i == plan.Count - 1) d.Kernels.Copy(result, stage.To == 1 ? latents : clean);
        }

        return result;
    }

    /// <summary>Climbs from the clean estimate to step From through the model's own predictions, recording the steps that will be denoised.</summary>
    private static void Climb(
        Device d, IDenoiser denoiser, Tensor latents, Tensor clean, EvsStage stage, FeatureTape? tape, EvsReporter reporter)
    {
        d.Kernels.Copy(latents, clean);
        for (int k = 1; k <= stage.From; k++)
        {
            using var step = d.Enter($"{stage} up {k}");
            var prediction = denoiser.Predict(d, latents, k, isGuided: false, k >= stage.To ? tape?.Recording(k) : null);
            prediction.Apply(d, latents, latents, denoiser.Sampler.Up(k));
            reporter.Done(d, latents, k, calls: 1, isClimbing: true);
        }
    }

    /// <summary>Along the expert's last prediction to step From.</summary>
    private static void Follow(Device d, ISampler sampler, Tensor latents, Tensor clean, Tensor direction, EvsStage stage)
    {
        var mix = sampler.AddNoise(stage.From);
        d.Kernels.Combine(latents, (float)mix.Latents, clean, (float)mix.Noise, direction);
    }

    private static Shape SizeAt(Shape input, EvsStage stage) =>
        input with { H = (int)Math.Round(input.H * stage.Scale), W = (int)Math.Round(input.W * stage.Scale) };

    private static void Resize(Device d, Tensor y, Tensor x)
    {
        if (y.Shape == x.Shape) d.Kernels.Copy(y, x);
        else d.Kernels.Resize(y, x, Interpolation.Bicubic);
    }

    private void AddNoise(Device d, ISampler sampler, Tensor latents, Tensor clean, EvsStage stage)
    {
        var mix = sampler.AddNoise(stage.From);
        noise.Fill(d, latents, stage.NoiseEntry, draw: 0);
        d.Kernels.Combine(latents, (float)mix.Latents, clean, (float)mix.Noise, latents);
    }

    /// <summary>Denoises steps From..To; leaves the last step's clean estimate and the last prediction behind.</summary>
    private void Descend(
        Device d, IDenoiser denoiser, Tensor latents, Tensor clean, Tensor direction, EvsStage stage, FeatureTape? tape, EvsReporter reporter)
    {
        for (int k = stage.From; k >= stage.To; k--)
        {
            using var step = d.Enter($"{stage} down {k}");
            var prediction = denoiser.Predict(d, latents, k, isGuided: true, tape?.Injecting(k));
            var down = denoiser.Sampler.Down(k);

            Tensor? fresh = down.Noise == 0 ? null : d.Rent(latents.Shape);
            if (fresh is { } tensor) noise.Fill(d, tensor, stage.NoiseEntry, draw: stage.From - k + 1);
            prediction.Apply(d, clean, latents, denoiser.Sampler.Estimate(k));
            prediction.Apply(d, latents, latents, down, fresh);
            if (k == stage.To) prediction.CopyTo(d, direction);
            reporter.Done(d, latents, k, denoiser.PassesPerStep, isClimbing: false);
        }
    }
}
