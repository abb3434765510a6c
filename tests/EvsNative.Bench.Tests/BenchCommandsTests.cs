namespace EvsNative.Bench.Tests;

/// <summary>Words that cannot be used end with 2, before anything is measured.</summary>
public sealed class BenchCommandsTests
{
    [Theory]
    [InlineData("warp")]
    [InlineData("cpu", "--only", "warp drive")]
    [InlineData("cpu", "--rounds", "0")]
    [InlineData("cpu", "--peer", "warp")]
    [InlineData("cpu", "--peer", "ort", "--only", "warp drive")]
    [InlineData("cpu", "--threads", "many")]
    [InlineData("memory", "--frames", "1")]
    [InlineData("memory", "--side", "100")]
    [InlineData("load", "--rounds", "0")]
    [InlineData("load", "--once", "/nowhere")]
    [InlineData("scaling", "--side", "0")]
    [InlineData("start", "--rounds", "0")]
    [InlineData("start", "--program", "/nowhere/evsnative")]
    public void Words_that_cannot_be_used_end_with_two(params string[] args) => Assert.Equal(2, BenchCommands.Run(args));

    [Fact]
    public void What_is_not_in_a_stage_of_the_demo_is_around_them()
    {
        const string summary = """{"stages":[{"name":"load","seconds":0.5},{"name":"decode","seconds":1.25}]}""";
        var parts = StartBench.Parts(new ChildRun(summary, 2, 0));
        Assert.Equal(["load", "decode", "start and end"], parts.Keys);
        Assert.Equal([0.5, 1.25, 0.25], parts.Values);
    }
}
