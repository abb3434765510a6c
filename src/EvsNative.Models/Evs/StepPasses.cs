using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>A step's prediction of all frames, window by window; each window's is a unit of work.</summary>
/// <param name="loop">which window is next, and whether its prediction is there already</param>
internal sealed class StepPasses(WorkLoop loop)
{
    /// <summary>Told of each pass of a window when its turn has come, in the order of windows and prompts.</summary>
    public PassListener? OnPass { get; init; }

    /// <summary>Tells of the passes of a step that was done before an interruption.</summary>
    public void PassBy(Device d, IDenoiser denoiser, int frames, CourseStep step)
    {
        if (OnPass is null) return;
        var windows = denoiser.Windows(frames, step.K);
        int passes = Passes(denoiser, step), number = 0;
        foreach (var window in windows)
            for (int i = 0; i < passes; i++) OnPass(d, step, window, ++number, passes * windows.Count, isFetched: true);
    }

    private static int Passes(IDenoiser denoiser, CourseStep step) => step.IsClimbing ? 1 : denoiser.PassesPerStep;

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
        int passes = Passes(denoiser, step), number = 0;
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
            int last = number + passes;
            if (turn.Fetched is { } bytes) part.Load(d, bytes.Span);
            else denoiser.Predict(d, z, window.First, step.K, isGuided, part, tap?.Invoke(window), turn.IsDue ? () => Tell(false) : null);
            // On every run there are as many, wherever the prediction is from.
            while (turn.IsDue && number < last) Tell(turn.Fetched is not null);
            if (turn.IsWanted) loop.Keep(units[turn.Index], part.Bytes, result => part.Save(d, result));

            void Tell(bool isFetched)
            {
                number++;
                OnPass?.Invoke(d, step, window, number, passes * windows.Count, isFetched);
            }
        }
    }
}

/// <summary>Told of a pass.</summary>
/// <param name="d">the device, which may still be at it</param>
/// <param name="step">the step</param>
/// <param name="window">its frames</param>
/// <param name="number">which of the step's passes, from 1</param>
/// <param name="count">how many the step has</param>
/// <param name="isFetched">whether it was computed by somebody else, or earlier</param>
internal delegate void PassListener(Device d, CourseStep step, FrameWindow window, int number, int count, bool isFetched);
