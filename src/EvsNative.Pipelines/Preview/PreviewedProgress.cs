using EvsNative.Kernels;
using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Preview;

/// <summary>Shows each step before it is told of, while its tensors are valid.</summary>
/// <param name="progress">told afterwards</param>
/// <param name="previews">shows it</param>
/// <param name="d">the device of the run</param>
internal sealed class PreviewedProgress(IProgress<RunEvent> progress, PreviewWriter previews, Device d) : IProgress<RunEvent>
{
    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        if (value.Step is { IsSkipped: false } step) previews.Show(d, step);
        progress.Report(value);
    }
}
