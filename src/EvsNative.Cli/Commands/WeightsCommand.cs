using System.CommandLine;

namespace EvsNative.Cli;

/// <summary><c>evsnative weights</c>: files of weights.</summary>
internal static class WeightsCommand
{
    public static Command Create(CancellationToken stop) => new("weights", "Works on files of weights.") { SynthesizeCommand.Create(stop) };
}
