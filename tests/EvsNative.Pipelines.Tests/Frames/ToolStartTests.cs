using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>What the environment says about how ffmpeg speaks does not reach it.</summary>
public sealed class ToolStartTests
{
    [Theory]
    [InlineData("AV_LOG_FORCE_COLOR", "1")]
    [InlineData("AV_LOG_FORCE_256COLOR", "1")]
    [InlineData("FFREPORT", "file=report.log")]
    public void Lines_stay_as_they_are_read_here(string name, string value)
    {
        string? before = Environment.GetEnvironmentVariable(name);
        try
        {
            Environment.SetEnvironmentVariable(name, value);
            var environment = ToolStart.Of("/usr/bin/ffmpeg", ["-version"]).Environment;
            Assert.False(environment.ContainsKey(name));
            Assert.Equal("1", environment["AV_LOG_FORCE_NOCOLOR"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, before);
        }
    }
}
