using System.CommandLine;
using EvsNative.Bench;
using EvsNative.Layers;

namespace EvsNative.Micro;

/// <summary>
/// The words on the command line. Exit codes are the bench's: 1 where a line did not run, 2 for words that cannot be used.
/// </summary>
internal static class MicroCommand
{
    private const string UsualFolder = "BenchmarkDotNet.Artifacts";

    public static int Run(string[] args)
    {
        var filter = new Option<string[]>("--filter")
        {
            Description = "lines whose group and name fit this glob, as '*conv*'; several may be given; all unless given",
            AllowMultipleArgumentsPerToken = true,
        };
        var device = new Option<string[]>("--device")
        {
            Description = "cpu, opencl:0, cuda:0; several may be given; all that are at hand unless given",
            AllowMultipleArgumentsPerToken = true,
        };
        var threads = BenchCommands.Threads();
        var isShort = new Option<bool>("--short") { Description = "three short iterations a line" };
        var folder = new Option<string>("--out") { Description = "a folder for the tables", DefaultValueFactory = _ => UsualFolder };
        var list = new Option<bool>("--list") { Description = "only tell the lines" };
        var root = new RootCommand("Every kernel over the shapes of the networks, by BenchmarkDotNet: time, spread, allocated memory.")
        {
            filter, device, threads, isShort, folder, list,
        };
        root.SetAction(said =>
        {
            var request = new MicroRequest(
                said.GetValue(filter) ?? [], said.GetValue(device) ?? [], BenchCommands.ThreadsOf(said.GetValue(threads)),
                said.GetValue(isShort), said.GetValue(folder)!);
            return said.GetValue(list) ? List(request) : MicroBench.Run(request);
        });
        return BenchCommands.Run(root, args);
    }

    /// <exception cref="InputException">there is no such line</exception>
    private static int List(MicroRequest request)
    {
        foreach (var shape in MicroCases.Matching(request.Filters)) Console.WriteLine(shape.Line);
        return 0;
    }
}
