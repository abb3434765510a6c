using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>A step's prediction of all frames, window by window; each window's is a unit of work.</summary>
/// <param name="loop">which window is next, and whether its prediction is there already</param>
internal sealed class StepPasses(WorkLoop loop)
{
    /// <summary>The prediction, rented.</summary>
    /// <param name="d">the device</param>
    /// <param name="denoiser">the model</param>
    /// <param name="latents">[F,h,w,C] of the whole clip</param>
    /// <param name="step">the step</param>
    /// <param name="tap">features to record or to inject in a window that is computed; none if absent</param>
    public Prediction Predict(
        Device d, IDenoiser denoiser, Tensor latents, CourseStep step, Func<FrameWindow, IFeatureTap?>? tap = null)
    {
        bool isGuided = !step.IsClimbing;
        var y = denoiser.Rent(d, latents.Shape, isGuided);
        var windows = denoiser.Windows(latents.Shape.N, step.K);
        WorkUnit[] units = [.. windows.Select(window => step.Unit(UnitKind.Predicted, window.First, window.Count))];
        foreach (var turn in loop.Turns(units, i => y.Bytes / latents.Shape.N * windows[i].Count, d.Cancellation))
        {
            var window = windows[turn.Index];
            if (windows.Count == 1)
            {
                Do(turn, window, latents, y);
                continue;
            }

            // All windows of one length are worked on at one place, so that their passes are one record.
            using var scope = d.Enter("window");
            var shape = latents.Shape with { N = window.Count };
            var z = d.Rent(shape);
            var part = denoiser.Rent(d, shape, isGuided);
            d.Kernels.Copy(z, latents.Images(window.First, window.Count));
            Do(turn, window, z, part);
            if (turn.IsDue) y.Blend(d, window, part);
        }

        return y;

        void Do(WorkTurn turn, FrameWindow window, Tensor z, Prediction part)
        {
            if (turn.Fetched is { } bytes) part.Load(d, bytes.Span);
            else denoiser.Predict(d, z, window.First, step.K, isGuided, part, tap?.Invoke(window));
            if (turn.IsWanted) loop.Keep(units[turn.Index], part.Bytes, result => part.Save(d, result));
        }
    }
}
