using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests;

/// <summary>The ffmpeg of this machine, to make videos with.</summary>
internal static class Ffmpeg
{
    // Asking for its version takes a tenth of a second, in every test.
    private static readonly Lazy<FfmpegTools?> Found = new(FfmpegTools.TryFind);

    /// <summary>It, where <see cref="Need"/> was asked.</summary>
    public static FfmpegTools Tools => Found.Value!;

    /// <summary>Skips the test where there is none.</summary>
    public static void Need()
    {
        if (Found.Value is null) Assert.Skip("Needs ffmpeg and ffprobe on the search path.");
    }

    public static void Run(params string[] arguments)
    {
        var result = ToolProcess.Run(Tools.Ffmpeg, ["-v", "error", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
