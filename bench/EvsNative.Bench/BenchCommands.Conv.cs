using System.CommandLine;

namespace EvsNative.Bench;

internal static partial class BenchCommands
{
    private static Command Convolutions()
    {
        var threads = Threads();
        var markdown = Markdown();
        var command = new Command("convolutions", "Both ways of a 3 x 3 convolution on the processor, beside what the plan counts.")
        {
            threads, markdown,
        };
        command.SetAction(said => ConvMethodBench.Print(ThreadsOf(said.GetValue(threads)), said.GetValue(markdown)));
        return command;
    }
}
