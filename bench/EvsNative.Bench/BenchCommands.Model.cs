using System.CommandLine;

namespace EvsNative.Bench;

internal static partial class BenchCommands
{
    private static Command Model()
    {
        var markdown = Markdown();
        var json = Json();
        var command = new Command("model", "What kernels and runs should take on H100, H200, A100 and RTX 4090, from their machine code.")
        {
            markdown, json,
        };
        command.SetAction(said => ModelBench.Print(said.GetValue(markdown), said.GetValue(json)));
        return command;
    }
}
