using System.Globalization;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Cli.Report;

/// <summary>
/// The beginning of a clip as one picture, frame below frame, that a page plays by moving it: it needs no script and no video.
/// </summary>
internal static class FilmStrip
{
    /// <summary>Frames in a strip, and pixels of the longer side of each: several stand on a page.</summary>
    private const int MostFrames = 24, MostSide = 256;

    private const int JpegQuality = 90;

    /// <summary>Pixels of a strip that is kept lossless.</summary>
    private const long LosslessPixels = 600_000;

    /// <summary>A figure of a page.</summary>
    /// <param name="caption">below it</param>
    /// <param name="path">the clip</param>
    /// <param name="width">of the largest clip beside it, pixels: smaller ones are enlarged to it</param>
    /// <param name="height">of the largest clip beside it, pixels</param>
    /// <exception cref="Layers.InputException">a frame cannot be read</exception>
    public static string Figure(string caption, string path, int width, int height)
    {
        double scale = Math.Min(1, (double)MostSide / Math.Max(width, height));
        var (tileWidth, tileHeight) = ((int)Math.Round(width * scale), (int)Math.Round(height * scale));
        using var clip = FrameFiles.Open(path);
        var resize = new PixelResize(clip.Format.Width, clip.Format.Height, tileWidth, tileHeight);
        byte[] frame = new byte[clip.Format.FrameBytes], tile = new byte[tileWidth * tileHeight * VideoFormat.Channels];
        using var strip = new MemoryStream();
        int count = 0;
        for (; count < MostFrames && clip.TryRead(frame, out var _); count++)
        {
            resize.Apply(frame, tile);
            strip.Write(tile);
        }

        bool isLossless = (long)tileWidth * tileHeight * count <= LosslessPixels;
        byte[] picture = isLossless
            ? StillImage.Png(strip.ToArray(), tileWidth, tileHeight * count)
            : StillImage.Jpeg(strip.ToArray(), tileWidth, tileHeight * count, JpegQuality);
        string seconds = (count / clip.Format.Rate.Value).ToString("0.###", CultureInfo.InvariantCulture);
        string name = PageTemplate.Text(caption);
        return $"<figure><div role=\"img\" aria-label=\"{name}\" style=\"aspect-ratio:{tileWidth}/{tileHeight};--frames:{count};"
            + $"--seconds:{seconds}s;background-image:url(data:image/{(isLossless ? "png" : "jpeg")};base64,"
            + $"{Convert.ToBase64String(picture)})\"></div><figcaption>{name}</figcaption></figure>\n";
    }
}
