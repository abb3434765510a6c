using System.CommandLine;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Targets;

namespace EvsNative.Fuzz;

/// <summary>The words on the command line. 0: nothing was found. 1: something was. 2: something given cannot be used.</summary>
internal static class FuzzCommand
{
    private const int Found = 1, Unusable = 2;

    public static int Run(string[] args)
    {
        string names = string.Join(", ", TargetTable.All.Select(target => target.Name));
        var target = new Option<string[]>("--target") { Description = $"a parser, may be given several times; all if absent: {names}" };
        var first = new Option<long>("--first") { Description = "number of the first case" };
        var count = new Option<long?>("--count") { Description = "cases of each parser" };
        var times = new Option<int>("--times")
        {
            Description = "where no count is given: so many times the cases of the gate",
            DefaultValueFactory = _ => 10,
        };
        var one = new Option<long?>("--case") { Description = "this case alone" };
        var seconds = new Option<double>("--seconds")
        {
            Description = "no case of a parser is begun later",
            DefaultValueFactory = _ => 3600,
        };
        var output = new Option<string?>("--out")
        {
            Description = "a folder for the files of each finding, ready to become rows of the corpus",
        };
        var root = new RootCommand("Gives spoiled inputs to every parser of EvsNative.")
        {
            target, first, count, times, one, seconds, output,
        };
        root.SetAction(said => Run(
            Chosen(said.GetValue(target) ?? []),
            said.GetValue(one) ?? said.GetValue(first),
            said.GetValue(one) is null ? said.GetValue(count) : 1,
            said.GetValue(times),
            TimeSpan.FromSeconds(said.GetValue(seconds)),
            said.GetValue(output)));
        return root.Parse(args).Invoke();
    }

    private static IReadOnlyList<FuzzTarget>? Chosen(string[] names)
    {
        FuzzTarget?[] chosen = [.. names.Select(TargetTable.Find)];
        return names.Length == 0 ? TargetTable.All : chosen.Contains(null) ? null : [.. chosen.OfType<FuzzTarget>()];
    }

    private static int Run(IReadOnlyList<FuzzTarget>? targets, long first, long? count, int times, TimeSpan most, string? output)
    {
        if (targets is null)
        {
            Console.Error.WriteLine("no parser of this name: --help lists them");
            return Unusable;
        }

        using var folder = output is null ? null : new FindingFolder(output);
        bool isClean = true;
        Console.Out.WriteLine(Tally.Head);
        foreach (var target in targets)
        {
            if (target.Missing is { } missing)
            {
                Console.Error.WriteLine($"{target.Name} is left out: {missing}");
                continue;
            }

            var runner = new FuzzRunner(target, finding =>
            {
                Console.Error.WriteLine(finding);
                folder?.Keep(finding);
            })
            {
                OnCase = folder is null ? null : number => folder.Note(target, number),
            };
            var tally = runner.Run(first, count ?? ((long)target.GateCases * times), most);
            Console.Out.WriteLine(tally.Row());
            isClean &= tally.Findings.Count == 0;
        }

        return isClean ? 0 : Found;
    }
}
