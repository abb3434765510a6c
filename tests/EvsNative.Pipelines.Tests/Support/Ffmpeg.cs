using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests;

/// <summary>The ffmpeg of this machine, to make videos with.</summary>
internal static class Ffmpeg
{
    /// <summary>Skips the test where there is none.</summary>
    public static void Need()
    {
        if (FfmpegTools.TryFind() is null) Assert.Skip("Needs ffmpeg and ffprobe on the search path.");
    }

    public static void Run(params string[] arguments)
    {
        var result = ToolProcess.Run(FfmpegTools.Find().Ffmpeg, ["-v", "error", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
