using EvsNative.Cli.Report;
using EvsNative.Pipelines.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EvsNative.Cli;

/// <summary>How fast a run is, and the memory that it holds: the GPU's where one computes.</summary>
internal sealed class RateColumn : ProgressColumn
{
    private const string Step = "step", Frames = "frames", Memory = "memory";

    /// <summary>Tells it.</summary>
    public static void Set(ProgressTask task, RunStatus status)
    {
        task.State.Update<double>(Step, _ => status.SecondsPerStep ?? 0);
        task.State.Update<double>(Frames, _ => status.FramesPerSecond ?? 0);
        task.State.Update<long>(Memory, _ => status.DeviceBytes ?? status.MemoryBytes);
    }

    /// <summary>"12.5 s a step, 3.4 GB", "24.0 frames a second, 512 MB", "512 MB".</summary>
    /// <param name="secondsPerStep">0 where there are no steps</param>
    /// <param name="framesPerSecond">0 where it is not known</param>
    /// <param name="bytes">of memory</param>
    public static string Words(double secondsPerStep, double framesPerSecond, long bytes)
    {
        string rate = secondsPerStep > 0 ? FormattableString.Invariant($"{Short(secondsPerStep)} s a step, ")
            : framesPerSecond > 0 ? FormattableString.Invariant($"{Short(framesPerSecond)} frames a second, ")
            : "";
        return rate + RunTable.Bytes(bytes);
    }

    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(
        Words(task.State.Get<double>(Step), task.State.Get<double>(Frames), task.State.Get<long>(Memory)), new Style(Color.Grey));

    private static string Short(double number) => number >= 100 ? FormattableString.Invariant($"{number:0}")
        : number >= 1 ? FormattableString.Invariant($"{number:0.0}") : FormattableString.Invariant($"{number:0.00}");
}
