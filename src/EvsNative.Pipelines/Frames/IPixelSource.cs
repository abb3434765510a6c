namespace EvsNative.Pipelines.Frames;

/// <summary>Makes frames of the raw pixels that ffmpeg puts out.</summary>
internal interface IPixelSource
{
    /// <summary>ffmpeg's name of the pixels that this wants.</summary>
    string Name { get; }

    /// <summary>[H,W], the opacity of the last frame; empty where there is none.</summary>
    ReadOnlySpan<byte> Alpha { get; }

    /// <summary>Reads a frame.</summary>
    /// <param name="stream">ffmpeg's output</param>
    /// <param name="rgb">[H,W,3], the result</param>
    /// <returns>false where no whole frame came</returns>
    bool TryRead(Stream stream, Span<byte> rgb);
}
