using EvsNative.Fuzz.Mutation;
using EvsNative.Fuzz.Running;
using EvsNative.Layers;

namespace EvsNative.Fuzz.Tests;

/// <summary>The runner sees what it is there to see.</summary>
public sealed class RunnerTests
{
    private const long Bad = 3;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    public static TheoryData<string, string> Wrongs => new()
    {
        { "exception", "InvalidOperationException in " },
        { "memory", "memory" },
        { "empty", "an empty line from " },
        { "code", "no code" },
        { "promise", "promise" },
    };

    [Theory, MemberData(nameof(Wrongs))]
    public void What_is_wrong_is_a_finding_with_the_number_of_its_case(string wrong, string what)
    {
        var tally = new FuzzRunner(new Parser(wrong)).Run(0, 6, Long);
        var finding = Assert.Single(tally.Findings);
        Assert.Equal((Bad, what), (finding.Number, finding.What));
        Assert.Equal((6, 3, 2, 1), (tally.Cases, tally.Accepted, tally.Refused, tally.Wrong));
        Assert.Equal([Bad], Assert.Single(finding.Files).Bytes.Select(b => (long)b));
    }

    [Theory]
    [InlineData("clip.mp4: not a video: give another", null)]
    [InlineData("ein Ballon 🎈, ein é", null)]
    [InlineData(" ", "an empty line")]
    [InlineData("two\nlines", "control characters")]
    [InlineData("a \u001b[31m red word", "control characters")]
    [InlineData("txt.\u202egpj", "characters that turn a line round")]
    public void A_line_is_one_line_of_plain_characters(string line, string? fault) => Assert.Equal(fault, Judge.Fault(line));

    [Fact]
    public void A_line_has_no_halves_of_letters() =>
        Assert.All(Absurd.Halves, half => Assert.Equal("half a surrogate", Judge.Fault($"x{half}x")));

    [Fact]
    public void A_line_has_300_characters_at_most()
    {
        Assert.Null(Judge.Fault(new string('x', 300)));
        Assert.Equal("a long line", Judge.Fault(new string('x', 301)));
    }

    [Fact]
    public void A_hang_is_a_finding_and_the_next_cases_are_tried()
    {
        var told = new List<Finding>();
        var runner = new FuzzRunner(new Parser("hang"), told.Add) { Hang = TimeSpan.FromSeconds(0.3) };
        var tally = runner.Run(0, 6, Long);
        Assert.Equal(("hang", Bad), (Assert.Single(told).What, told[0].Number));
        Assert.Equal((6, 1), (tally.Cases, tally.Wrong));
    }

    [Fact]
    public void The_same_wrong_in_the_same_place_is_one_finding()
    {
        var told = new List<Finding>();
        var tally = new FuzzRunner(new Parser("exception"), told.Add).Run(0, 20, Long);
        Assert.Single(told);
        Assert.Equal(2, tally.Wrong);
    }

    [Fact]
    public void A_case_leaves_nothing_to_the_next()
    {
        var parser = new Parser("none");
        Assert.Equal(10, new FuzzRunner(parser).Run(0, 10, Long).Cases);
        Assert.All(parser.Seen, names => Assert.Equal("always input", names));
    }

    /// <summary>Numbers of cases as bytes: odd ones are refused, 3 and 13 are wrong.</summary>
    private sealed class Parser(string wrong) : FuzzTarget("parser", "for tests", 1)
    {
        private byte _next;

        public List<string> Seen { get; } = [];

        public override IReadOnlyList<FuzzFile> Whole => [new("always", [7])];

        public override IReadOnlyList<IReadOnlyList<FuzzFile>> Sound => [];

        public override IReadOnlyList<FuzzFile> Make(Dice dice) => [new("input", [_next++])];

        public override void Read(string folder)
        {
            Seen.Add(string.Join(' ', Directory.GetFiles(folder).Select(Path.GetFileName).Order()));
            byte number = File.ReadAllBytes(Path.Combine(folder, "input"))[0];
            if (number % 10 == Bad && wrong != "none") Do();
            if (number % 2 == 1) throw new InputException(InputCode.Damaged, "an odd file: give an even one");
        }

        private void Do()
        {
            const InputCode code = InputCode.Damaged;
            switch (wrong)
            {
                case "exception":
                    throw new InvalidOperationException("internal");
                case "memory":
                    // Allocations are counted by blocks that threads are given, a few kilobytes each.
                    GC.KeepAlive(new byte[FuzzLimits.ReaderBytes + FuzzLimits.Factor + 100_000]);
                    return;
                case "hang":
                    Thread.Sleep(Timeout.Infinite);
                    return;
                case "empty":
                    throw new InputException(code, "one", [" "]);
                case "code":
                    throw new InputException((InputCode)int.MaxValue, "of no kind");
                default:
                    throw new BrokenPromiseException("broken");
            }
        }
    }
}
