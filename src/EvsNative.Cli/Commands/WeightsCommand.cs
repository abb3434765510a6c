using System.CommandLine;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli;

/// <summary><c>evsnative weights</c>: files of weights.</summary>
internal static class WeightsCommand
{
    /// <summary>As it is called, and what the program's help says of it.</summary>
    public const string Name = "weights", About = "Works on files of weights.";

    public static Command Create(NoticeLog told, CancellationToken stop) =>
        new(Name, About) { ConvertCommand.Create(told, stop), SynthesizeCommand.Create(stop) };
}
