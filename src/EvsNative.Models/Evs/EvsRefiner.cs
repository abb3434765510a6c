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
/// <param name="store">keeps the results of passes and states; may be absent</param>
/// <param name="onPass">told of each pass, those of steps that were done before an interruption too</param>
internal sealed class EvsRefiner(
    IDenoiser? image, IDenoiser? video, INoiseSource noise, IReadOnlySet<string>? features = null, double gamma = 1,
    IWorkStore? store = null, PassListener? onPass = null)
{
    private static readonly IReadOnlySet<string> Nothing = new HashSet<string>();

    private readonly StepPasses _passes = new(new WorkLoop(store)) { OnPass = onPass };

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

    /// <summary>Where an earlier run of the same plan stopped; null if it did not, or nothing is kept.</summary>
    /// <param name="input">[F,h,w,C] of the clip's latents</param>
    /// <param name="plan">from <see cref="EvsPlan.Build"/></param>
    public FoundState? Find(Shape input, IReadOnlyList<EvsStage> plan) => Keeper(StateOf(input, plan), Course(plan))?.Find();

    /// <summary>
    /// Does one step each time the next one is asked for. Between two steps the scopes of the run and of the stage are open, so a caller
    /// who rents tensors there does it in a scope of its own, closed before the next step. Disposing of the enumeration closes all
    /// scopes, wherever it stands. Cancelling the device's token stops it within the running operation.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="x0">
    /// [F,h,w,C], clean scaled latents of all frames, float32; left as they are, and not read if the run goes on from a state
    /// </param>
    /// <param name="plan">from <see cref="EvsPlan.Build"/>: every stage has a step</param>
    /// <param name="found">from <see cref="Find"/>; looked for if absent</param>
    /// <returns>each step, on the way up of an inversion too, and those that were done before an interruption</returns>
    /// <exception cref="InputException">the numbers are no longer finite, or a model is missing</exception>
    public IEnumerable<EvsStep> Steps(Device d, Tensor x0, IReadOnlyList<EvsStage> plan, FoundState? found = null)
    {
        IDenoiser[] denoisers = [.. plan.Select(DenoiserOf)];
        using var scope = d.Enter("evs");
        var (state, course) = (StateOf(x0.Shape, plan), Course(plan));
        var keeper = Keeper(state, course);
        var workspaces = Workspaces(d, plan, state);
        found ??= keeper?.Find();
        int done = found?.Step.Index ?? -1;
        var clean = x0;
        for (int i = 0; i < plan.Count; i++)
        {
            var (stage, denoiser) = (plan[i], denoisers[i]);
            var w = workspaces[state.Place(stage)];
            using var stageScope = d.Enter(stage.ToString());
            using var taps = new StageFeatures(d, denoiser, w.Latents.Shape, state.Recorded(stage), features ?? Nothing, gamma);
            Tensor TensorOf(StatePart part) => part.Role switch
            {
                StateRole.Latents => w.Latents,
                StateRole.Clean => w.Clean,
                StateRole.Direction => workspaces[(part.Expert, part.Shape)].Direction!.Value,
                _ => taps.Climbed(part.K),
            };

            CourseStep[] steps = [.. course.Where(step => step.StageIndex == i)];
            if (steps[0].Index > done) Begin(d, denoiser.Sampler, stage, w, clean);
            if (found is not null && found.Step.StageIndex == i) keeper!.Load(d, found, TensorOf);
            foreach (var step in steps)
            {
                if (step.Index > done)
                {
                    if (step.IsClimbing) Climb(d, denoiser, step, w, taps);
                    else Descend(d, denoiser, step, w, taps);
                    Check(d, step, w.Latents);
                    keeper?.Keep(d, step, TensorOf);
                }
                else _passes.PassBy(d, denoiser, w.Latents.Shape.N, step);

                yield return new EvsStep(i, stage, step.K, step.IsClimbing, step.Calls, course[^1].Calls, w.Latents, w.Clean)
                {
                    IsSkipped = step.Index < done,
                };
            }

            clean = w.Clean;
        }
    }

    private RunState StateOf(Shape input, IReadOnlyList<EvsStage> plan) => new(plan, input, features is { Count: > 0 });

    private IReadOnlyList<CourseStep> Course(IReadOnlyList<EvsStage> plan) =>
        EvsCourse.Of(plan, stage => (stage.Expert == Expert.Image ? image : video)?.PassesPerStep ?? 0);

    private StateKeeper? Keeper(RunState state, IReadOnlyList<CourseStep> course) =>
        store is null ? null : new StateKeeper(store, state, course);

    /// <summary>The stages of one expert at one size share their tensors, so that passes at the same places can be replayed.</summary>
    private static Dictionary<(Expert, Shape), Workspace> Workspaces(Device d, IReadOnlyList<EvsStage> plan, RunState state)
    {
        var workspaces = new Dictionary<(Expert, Shape), Workspace>();
        foreach (var stages in plan.Select((stage, i) => (Place: state.Place(stage), Index: i)).GroupBy(stage => stage.Place))
        {
            var shape = stages.Key.Shape;
            Tensor? direction = stages.Any(stage => state.IsDirectionNeeded(stage.Index)) ? d.Rent(shape) : null;
            workspaces[stages.Key] = new Workspace(d.Rent(shape), d.Rent(shape), direction);
        }

        return workspaces;
    }

    private static void Resize(Device d, Tensor y, Tensor x)
    {
        if (y.Shape != x.Shape) d.Kernels.Resize(y, x, Interpolation.Bicubic);
        else if (!y.Overlaps(x)) d.Kernels.Copy(y, x);
    }

    /// <summary>A picture of NaN would be black, so it is an error instead.</summary>
    private static void Check(Device d, CourseStep step, Tensor latents)
    {
        long bad = d.Kernels.CountNonFinite(latents);
        if (bad == 0) return;
        throw new InputException(
            InputCode.NotFinite,
            $"stage {step.StageIndex + 1} ({step.Stage}), step {step.K}: {bad} of {latents.Shape.Count} numbers are not finite: "
            + "the weights are damaged or too large for this precision; try float32 or another checkpoint");
    }

    private IDenoiser DenoiserOf(EvsStage stage, int i) =>
        (stage.Expert == Expert.Image ? image : video)
        ?? throw new InputException(InputCode.NotGiven, $"stage {i + 1} ({stage}) needs a model that was not given");

    /// <summary>From a clean estimate to the stage's first level: by noise, along the expert's last prediction, or not yet.</summary>
    private void Begin(Device d, ISampler sampler, EvsStage stage, Workspace w, Tensor clean)
    {
        Resize(d, w.Clean, clean);
        if (stage.Entry == Entry.Invert)
        {
            d.Kernels.Copy(w.Latents, w.Clean);
            return;
        }

        var mix = sampler.AddNoise(stage.From);
        var added = stage.Entry == Entry.Direction ? w.Direction!.Value : w.Latents;
        if (stage.Entry == Entry.Noise) noise.Fill(d, added, firstFrame: 0, stage.NoiseEntry, draw: 0);
        d.Kernels.Combine(w.Latents, (float)mix.Latents, w.Clean, (float)mix.Noise, added);
    }

    /// <summary>One step up through the model's own prediction, recorded if it will be denoised.</summary>
    private void Climb(Device d, IDenoiser denoiser, CourseStep step, Workspace w, StageFeatures taps)
    {
        using var scope = d.Enter($"{step.Stage} up {step.K}");
        taps.Remember(w.Latents, step.K);
        var prediction = _passes.Predict(d, denoiser, w.Latents, step, taps.Recording(step.K));
        prediction.Apply(d, w.Latents, w.Latents, denoiser.Sampler.Up(step.K));
    }

    /// <summary>
    /// Denoises a step; leaves its clean estimate behind and, of the stage's last step, the prediction where it is needed. Fresh noise is
    /// of this stage alone, whichever entry its first noise is of.
    /// </summary>
    private void Descend(Device d, IDenoiser denoiser, CourseStep step, Workspace w, StageFeatures taps)
    {
        var (stage, k) = (step.Stage, step.K);
        using var scope = d.Enter($"{stage} down {k}");
        var prediction = _passes.Predict(d, denoiser, w.Latents, step, taps.Injecting(k));
        var down = denoiser.Sampler.Down(k);

        Tensor? fresh = down.Noise == 0 ? null : d.Rent(w.Latents.Shape);
        if (fresh is { } tensor) noise.Fill(d, tensor, firstFrame: 0, step.StageIndex, draw: stage.From - k + 1);
        prediction.Apply(d, w.Clean, w.Latents, denoiser.Sampler.Estimate(k));
        prediction.Apply(d, w.Latents, w.Latents, down, fresh);
        if (k == stage.To && w.Direction is { } direction) prediction.CopyTo(d, direction);
    }

    /// <summary>Tensors of one expert: latents, clean estimate, last prediction where a stage is entered along it.</summary>
    private sealed record Workspace(Tensor Latents, Tensor Clean, Tensor? Direction);
}
