using EvsNative.Pipelines.Frames;

namespace EvsNative.Fuzz.Seeds;

/// <summary>Small clips in several containers, made by this machine's ffmpeg; none where there is none.</summary>
internal static class VideoSeeds
{
    private static readonly (string Name, string[] Codec)[] Kinds =
    [
        ("clip.mp4", ["-c:v", "libx264", "-pix_fmt", "yuv420p"]), ("clip.mkv", ["-c:v", "libx264"]), ("clip.avi", ["-c:v", "mpeg4"]),
        ("clip.ts", ["-c:v", "mpeg2video"]), ("clip.gif", []), ("clip.webm", ["-c:v", "libvpx"]), ("clip.mov", ["-c:v", "mjpeg"]),
    ];

    private static readonly Lazy<IReadOnlyList<byte[]>> Made = new(Make);

    /// <summary>The clips.</summary>
    public static IReadOnlyList<byte[]> All => Made.Value;

    /// <summary>Why there are none.</summary>
    public static string? Missing => FfmpegTools.TryFind() is null ? "needs ffmpeg and ffprobe on the search path" : null;

    private static List<byte[]> Make()
    {
        if (FfmpegTools.TryFind() is not { } tools) return [];
        var clips = new List<byte[]>();
        string folder = Directory.CreateTempSubdirectory("evsnative-fuzz-").FullName;
        foreach (var (name, codec) in Kinds)
        {
            string path = Path.Combine(folder, name);
            string[] arguments = ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=48x32:d=0.5:r=8", .. codec, path];
            // What this ffmpeg was built without is left out.
            if (ToolProcess.Run(tools.Ffmpeg, arguments).ExitCode == 0) clips.Add(File.ReadAllBytes(path));
        }

        Directory.Delete(folder, recursive: true);
        return clips;
    }
}
