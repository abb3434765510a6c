using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>
/// Runs a list of stages on the clean latents of a clip. Only the clean estimate crosses from one expert to the other: their noise levels
/// differ, so noisy latents of one mean nothing to the other.
/// </summary>
/// <param name="image">the image model; may be absent from plans that do not ask it</param>
/// <param name="video">the video model; likewise</param>
/// <param name="noise">the Gaussian numbers</param>
/// <param name="features">features that are recorded on the way up of an inverting stage and injected on its way down, by name</param>
/// <param name="gamma">weight of the recorded queries</param>
internal sealed class EvsRefiner(
    IDenoiser? image, IDenoiser? video, INoiseSource noise, IReadOnlySet<string>? features = null, double gamma = 1)
{
    /// <summary>All steps at once.</summary>
    /// <param name="d">the device</param>
    /// <param name="x0">[F,h,w,C], clean scaled latents of all frames, float32; left as they are</param>
    /// <param name="plan">from <see cref="EvsPlan.Build"/></param>
    /// <returns>the latents after the last stage, rented, at its scale; its clean estimate if it stops above level 0</returns>
    /// <exception cref="InputException">the numbers are no longer finite, or a model is missing</exception>
    public Tensor Refine(Device d, Tensor x0, IReadOnlyList<EvsStage> plan)
    {
        var result = d.Rent(plan[^1].SizeOf(x0.Shape));
        foreach (var step in Steps(d, x0, plan))
            if (step.IsLast) d.Kernels.Copy(result, step.Result);
        return result;
    }

    /// <summary>
    /// Does one step each time the next one is asked for. Between two steps the scopes of the run and of the stage are open, so a caller
    /// who rents tensors there does it in a scope of its own, closed before the next step. Disposing of the enumeration closes all
    /// scopes, wherever it stands. Cancelling the device's token stops it within the running operation.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="x0">[F,h,w,C], clean scaled latents of all frames, float32; left as they are</param>
    /// <param name="plan">from <see cref="EvsPlan.Build"/>: every stage has a step</param>
    /// <returns>each step, on the way up of an inversion too</returns>
    /// <exception cref="InputException">the numbers are no longer finite, or a model is missing</exception>
    public IEnumerable<EvsStep> Steps(Device d, Tensor x0, IReadOnlyList<EvsStage> plan)
    {
        IDenoiser[] denoisers = [.. plan.Select(DenoiserOf)];
        using var scope = d.Enter("evs");
        int calls = 0, total = EvsPlan.Calls(plan, image?.PassesPerStep ?? 0, video?.PassesPerStep ?? 0);
        var workspaces = Workspaces(d, x0.Shape, plan);
        var clean = x0;
        for (int i = 0; i < plan.Count; i++)
        {
            var (stage, denoiser) = (plan[i], denoisers[i]);
            var w = workspaces[WorkspaceOf(x0.Shape, stage)];
            EvsStep Step(int k, bool isClimbing) => new(i, stage, k, isClimbing, calls, total, w.Latents, w.Clean);

            using var stageScope = d.Enter(stage.ToString());
            using var tape = features is { Count: > 0 } && stage.Entry == Entry.Invert ? new FeatureTape(d, features, gamma) : null;
            Resize(d, w.Clean, clean);
            if (stage.Entry == Entry.Invert) d.Kernels.Copy(w.Latents, w.Clean);
            else Enter(d, denoiser.Sampler, stage, w);

            for (int k = 1; k <= stage.Climb; k++)
            {
                Climb(d, denoiser, stage, k, w, tape);
                calls++;
                yield return Checked(d, Step(k, isClimbing: true));
            }

            for (int k = stage.From; k >= stage.To; k--)
            {
                Descend(d, denoiser, stage, k, w, tape, i);
                calls += denoiser.PassesPerStep;
                yield return Checked(d, Step(k, isClimbing: false));
            }

            clean = w.Clean;
        }
    }

    /// <summary>The stages of one expert at one size share their tensors, so that passes at the same places can be replayed.</summary>
    private static Dictionary<(Expert, Shape), Workspace> Workspaces(Device d, Shape input, IReadOnlyList<EvsStage> plan) =>
        plan.Select(stage => WorkspaceOf(input, stage)).Distinct()
            .ToDictionary(key => key, key => new Workspace(d.Rent(key.Shape), d.Rent(key.Shape), d.Rent(key.Shape)));

    private static (Expert Expert, Shape Shape) WorkspaceOf(Shape input, EvsStage stage) => (stage.Expert, stage.SizeOf(input));

    private static void Resize(Device d, Tensor y, Tensor x)
    {
        if (y.Shape != x.Shape) d.Kernels.Resize(y, x, Interpolation.Bicubic);
        else if (!y.Overlaps(x)) d.Kernels.Copy(y, x);
    }

    /// <summary>One step up through the model's own prediction, recorded if it will be denoised.</summary>
    private static void Climb(Device d, IDenoiser denoiser, EvsStage stage, int k, Workspace w, FeatureTape? tape)
    {
        using var scope = d.Enter($"{stage} up {k}");
        var prediction = denoiser.Predict(d, w.Latents, k, isGuided: false, k >= stage.To ? tape?.Recording(k) : null);
        prediction.Apply(d, w.Latents, w.Latents, denoiser.Sampler.Up(k));
    }

    /// <summary>A picture of NaN would be black, so it is an error instead.</summary>
    private static EvsStep Checked(Device d, EvsStep step)
    {
        long bad = d.Kernels.CountNonFinite(step.Latents);
        return bad == 0 ? step : throw new InputException(
            InputCode.NotFinite,
            $"stage {step.StageIndex + 1} ({step.Stage}), step {step.K}: {bad} of {step.Latents.Shape.Count} numbers are not finite: "
            + "the weights are damaged or too large for this precision; try float32 or another checkpoint");
    }

    private IDenoiser DenoiserOf(EvsStage stage, int i) =>
        (stage.Expert == Expert.Image ? image : video)
        ?? throw new InputException(InputCode.NotGiven, $"stage {i + 1} ({stage}) needs a model that was not given");

    /// <summary>To step From: by noise, or along the expert's last prediction.</summary>
    private void Enter(Device d, ISampler sampler, EvsStage stage, Workspace w)
    {
        var mix = sampler.AddNoise(stage.From);
        var added = stage.Entry == Entry.Direction ? w.Direction : w.Latents;
        if (stage.Entry == Entry.Noise) noise.Fill(d, added, firstFrame: 0, stage.NoiseEntry, draw: 0);
        d.Kernels.Combine(w.Latents, (float)mix.Latents, w.Clean, (float)mix.Noise, added);
    }

    /// <summary>
    /// Denoises step k; leaves its clean estimate behind and, of the stage's last step, the prediction. Fresh noise is of this stage
    /// alone, whichever entry its first noise is of.
    /// </summary>
    private void Descend(Device d, IDenoiser denoiser, EvsStage stage, int k, Workspace w, FeatureTape? tape, int stageIndex)
    {
        using var scope = d.Enter($"{stage} down {k}");
        var prediction = denoiser.Predict(d, w.Latents, k, isGuided: true, tape?.Injecting(k));
        var down = denoiser.Sampler.Down(k);

        Tensor? fresh = down.Noise == 0 ? null : d.Rent(w.Latents.Shape);
        if (fresh is { } tensor) noise.Fill(d, tensor, firstFrame: 0, stageIndex, draw: stage.From - k + 1);
        prediction.Apply(d, w.Clean, w.Latents, denoiser.Sampler.Estimate(k));
        prediction.Apply(d, w.Latents, w.Latents, down, fresh);
        if (k == stage.To) prediction.CopyTo(d, w.Direction);
    }

    /// <summary>Tensors of one expert: latents, clean estimate, last prediction.</summary>
    private sealed record Workspace(Tensor Latents, Tensor Clean, Tensor Direction);
}
