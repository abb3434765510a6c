using System.Security.Cryptography;
using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Fuzz.Targets;

namespace EvsNative.Fuzz.Tests;

/// <summary>The run of the gate: fixed cases of every parser, a minute in all.</summary>
public sealed class BoundedRunTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    public static TheoryData<string> Parsers => [.. TargetTable.All.Select(target => target.Name)];

    [Theory, MemberData(nameof(Parsers))]
    public void Spoiled_inputs_are_read_or_refused_in_one_line(string parser)
    {
        var target = Find(parser);
        var tally = new FuzzRunner(target).Run(0, target.GateCases, Longest);
        output.WriteLine($"{Tally.Head}\n{tally.Row()}");
        Assert.True(tally.Findings.Count == 0, string.Join('\n', tally.Findings));
        Assert.Equal(target.GateCases, tally.Cases);
        Assert.True(tally.Refused > 0 || parser is "prompt" or "cache" or "ffmpeg", "nothing was refused: the inputs are not spoiled");
    }

    [Theory, MemberData(nameof(Parsers))]
    public void Sound_inputs_are_accepted(string parser)
    {
        var target = Find(parser);
        Assert.DoesNotContain(new FuzzRunner(target).Replay(target.Sound), verdict => verdict.Kind != VerdictKind.Accepted);
    }

    [Theory, MemberData(nameof(Parsers))]
    public void A_case_is_a_function_of_parser_and_number(string parser)
    {
        var target = Find(parser);
        var seen = new HashSet<string>();
        for (long number = 0; number < 8; number++)
        {
            string once = Print(FuzzRunner.Make(target, number));
            Assert.Equal(once, Print(FuzzRunner.Make(target, number)));
            seen.Add(once);
        }

        Assert.True(seen.Count > 4, $"only {seen.Count} of 8 cases differ");
    }

    [Fact]
    public void Dice_are_those_of_the_paper()
    {
        var dice = new Dice(0);
        Assert.Equal(0xE220A8397B1DCDAF, dice.Bits());
        Assert.Equal(0x6E789E6AA1B965F4ul, dice.Bits());
    }

    private static FuzzTarget Find(string parser)
    {
        var target = TargetTable.Find(parser)!;
        if (target.Missing is { } missing) Assert.Skip($"{parser} {missing}.");
        return target;
    }

    private static string Print(IReadOnlyList<FuzzFile> files) =>
        string.Join('|', files.Select(file => $"{file.Name}:{Convert.ToHexString(SHA256.HashData(file.Bytes))}"));
}
