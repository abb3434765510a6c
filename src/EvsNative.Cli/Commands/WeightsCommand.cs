using System.CommandLine;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli;

/// <summary><c>evsnative weights</c>: files of weights.</summary>
internal static class WeightsCommand
{
    public static Command Create(NoticeLog told, CancellationToken stop) =>
        new("weights", "Works on files of weights.") { ConvertCommand.Create(told, stop), SynthesizeCommand.Create(stop) };
}
