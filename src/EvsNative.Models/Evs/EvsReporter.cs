using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>Checks each step's numbers and tells how far a run is.</summary>
internal sealed class EvsReporter(IReadOnlyList<EvsStage> plan, int totalCalls, IProgress<EvsProgress>? progress)
{
    private int _stage, _calls;

    public void Begin(int stage) => _stage = stage;

    /// <summary>A step is done: a picture of NaN would be black, so it is an error instead.</summary>
    public void Done(Device d, Tensor latents, int k, int calls, bool isClimbing)
    {
        _calls += calls;
        long bad = d.Kernels.CountNonFinite(latents);
        if (bad > 0)
        {
            throw new InputException(
                $"stage {_stage + 1} ({plan[_stage]}), step {k}: {bad} of {latents.Shape.Count} numbers are not finite: "
                + "the weights are damaged or too large for this precision; try float32 or another checkpoint");
        }

        progress?.Report(new EvsProgress(_stage, plan, k, isClimbing, _calls, totalCalls));
    }
}
