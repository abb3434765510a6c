using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>Moving WebP pictures, which most versions of ffmpeg cannot read.</summary>
internal static class AnimatedWebP
{
    private const int FlagsPlace = 20;
    private const byte Moving = 0x02;

    /// <summary>
    /// Whether the extended header, which comes first, has the flag of an animation (WebP container, "Extended File Format").
    /// </summary>
    public static bool Is(string path)
    {
        using var handle = OrdinaryFile.Open(path);
        Span<byte> start = stackalloc byte[FlagsPlace + 1];
        int read = RandomAccess.Read(handle, start, 0);
        return read > FlagsPlace && FileKinds.Of(start, long.MaxValue) == FileKind.WebP && start[12..].StartsWith("VP8X"u8)
            && (start[FlagsPlace] & Moving) != 0;
    }
}
