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
    public void Words_that_cannot_be_used_end_with_two(params string[] args) => Assert.Equal(2, BenchCommands.Run(args));
}
