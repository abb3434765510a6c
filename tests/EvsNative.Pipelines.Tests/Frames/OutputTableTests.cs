using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

/// <summary>Every kind of file with every codec that it holds, in every depth, with opacity and without.</summary>
public sealed class OutputTableTests : IDisposable
{
    private const int Width = 65, Height = 67, Frames = 4;

    /// <summary>How far opacity may be off where it changes from one pixel to the next, in codecs that lose something.</summary>
    private const int MostAtAnEdge = 100;

    private readonly ScratchFolder _folder = new();

    /// <summary>Whatever a new row says is tried.</summary>
    public static TheoryData<string, VideoCodec, int, bool> Rows
    {
        get
        {
            var rows = new TheoryData<string, VideoCodec, int, bool>();
            foreach (var container in OutputContainer.All)
            {
                foreach (var codec in container.Codecs.Select(OutputCodec.Of))
                {
                    foreach (int bits in codec.Bits) rows.Add(container.Ending, codec.Codec, bits, false);
                    if (codec.PixelsAlpha is not null && container.HoldsAlpha)
                        rows.Add(container.Ending, codec.Codec, codec.AlphaBits, true);
                }
            }

            return rows;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Comes_back_as_it_was(string ending, VideoCodec codec, int bits, bool hasAlpha)
    {
        Ffmpeg.Need();
        string file = _folder["out" + ending];
        var row = OutputCodec.Of(codec);
        if (!row.Encoders.Any(Ffmpeg.Tools.HasEncoder)) Assert.Skip($"This ffmpeg has no encoder for {row.Word}.");
        var clip = TestVideos.Smooth(Frames, Height, Width, new Rational(10, 1));
        byte[] alpha = [.. Enumerable.Range(0, Width * Height).Select(i => i % Width < Width / 2 ? Opacity.Full : (byte)0)];
        var format = clip.Format with { HasAlpha = hasAlpha };
        var style = new OutputStyle { Codec = codec, Bits = hasAlpha ? null : bits, Quality = row.HasQuality ? 8 : null };
        (int Width, int Height) size;
        using (var writer = FrameFiles.Create(file, format, style: style))
        {
            for (int i = 0; i < Frames; i++) writer.Write(clip.Frame(i), hasAlpha ? alpha : [], clip.StampOf(i));
            Assert.Equal(file, writer.Complete());
            string pixels = (hasAlpha ? row.PixelsAlpha : bits > 8 ? row.Pixels10 : row.Pixels8)!;
            bool isQuartered = pixels.Contains("420", StringComparison.Ordinal);
            bool isHalved = pixels.Contains("422", StringComparison.Ordinal);
            size = (isQuartered || isHalved ? Width + 1 : Width, isQuartered ? Height + 1 : Height);
            Assert.Equal(size, (writer.Written.Width, writer.Written.Height));
            Assert.Equal(size == (Width, Height) ? 0 : 1, writer.Notices.Count);
        }

        Check(file, clip, row, bits, hasAlpha ? alpha : null, size);
    }

    /// <summary>At one quality, codecs err about alike.</summary>
    [Theory]
    [InlineData(14, 1.5)]
    [InlineData(28, 2)]
    public void A_quality_means_about_the_same_everywhere(int quality, double tolerance)
    {
        Ffmpeg.Need();
        var clip = TestVideos.Demo("clean");
        var errors = new Dictionary<string, double>();
        (string, VideoCodec)[] files =
            [("a.mp4", VideoCodec.H264), ("b.mp4", VideoCodec.Hevc), ("c.webm", VideoCodec.Vp9), ("d.webm", VideoCodec.Av1)];
        foreach (var (name, codec) in files)
        {
            FrameFiles.Write(_folder[name], clip, style: new OutputStyle { Codec = codec, Quality = quality });
            errors[name] = Luma(FrameFiles.Read(_folder[name]), clip);
        }

        string told = string.Join(", ", errors.Select(pair => $"{pair.Key} {pair.Value:0.0}"));
        Assert.True(errors.Values.All(value => Math.Abs(value - errors["a.mp4"]) < tolerance), told);
    }

    private static double Luma(VideoFrames a, VideoFrames b)
    {
        double sum = 0;
        for (int i = 0; i < a.Count; i++)
        {
            byte[] x = a.Frame(i).ToArray(), y = b.Frame(i).ToArray();
            for (int k = 0; k < x.Length; k += 3)
            {
                double d = 0.2126 * (x[k] - y[k]) + 0.7152 * (x[k + 1] - y[k + 1]) + 0.0722 * (x[k + 2] - y[k + 2]);
                sum += d * d;
            }
        }

        return 10 * Math.Log10(255.0 * 255 * a.Count * a.Width * a.Height / sum);
    }

    private void Check(string file, VideoFrames clip, OutputCodec row, int bits, byte[]? alpha, (int Width, int Height) size)
    {
        byte[] pixelsRead = row.Codec == VideoCodec.WebP ? Own(file) : Decoded(file, row, bits, alpha is not null);
        var (width, height) = size;
        Assert.Equal(width * height * Opacity.Channels * Frames, pixelsRead.Length);
        double error = 0, opacity = 0;
        int count = 0;
        for (int i = 0; i < Frames; i++)
        {
            for (int y = 0; y < Height; y++)
            {
                for (int x = 0; x < Width; x++)
                {
                    int at = ((i * height + y) * width + x) * 4, from = (y * Width + x) * 3;
                    opacity = Math.Max(opacity, Math.Abs(pixelsRead[at + 3] - (alpha?[y * Width + x] ?? Opacity.Full)));
                    if (alpha is not null && (alpha[y * Width + x] == 0 || x > Width / 2 - 8)) continue;
                    for (int c = 0; c < 3; c++) error += Math.Pow(pixelsRead[at + c] - clip.Frame(i)[from + c], 2);
                    count += 3;
                }
            }
        }

        double psnr = 10 * Math.Log10(255.0 * 255 * count / Math.Max(error, 1e-9));
        double least = row.Codec switch { VideoCodec.Ffv1 or VideoCodec.Apng => 100, VideoCodec.Gif => 24, _ => 36 };
        Assert.True(psnr > least, $"{psnr:0.0} dB");
        if (alpha is null) Assert.Equal(0, opacity);
        else if (!row.IsYuv) Assert.InRange(opacity, 0, 2);
        else Assert.InRange(opacity, 0, MostAtAnEdge);
    }

    /// <summary>[F,H,W,4] by ffmpeg.</summary>
    private byte[] Decoded(string file, OutputCodec row, int bits, bool hasAlpha)
    {
        Assert.Equal([row.Word], Probe.Lines(file, "stream=codec_name", "v:0"));
        string pixels = Probe.Lines(file, "stream=pix_fmt", "v:0")[0];
        Assert.True(bits == 8 || new PixelFormat(pixels).Depth >= 10, pixels);
        if (row.IsYuv) Assert.Equal(["tv,bt709"], Probe.Lines(file, "stream=color_range,color_space", "v:0"));
        // ffmpeg's own decoder of VP9 does not look at opacity.
        string[] decoder = row.Codec == VideoCodec.Vp9 && hasAlpha ? ["-c:v", "libvpx-vp9"] : [];
        string convert = $"scale=in_color_matrix=bt709:{FfmpegTools.Scaling}", raw = _folder["raw"];
        Ffmpeg.Run([.. decoder, "-i", file, "-fps_mode", "passthrough", "-vf", convert, "-f", "rawvideo", "-pix_fmt", "rgba", raw]);
        return File.ReadAllBytes(raw);
    }

    /// <summary>[F,H,W,4] by the reader of animated WebP: no ffmpeg before 7 has one.</summary>
    private static byte[] Own(string file)
    {
        using var reader = FrameFiles.Open(file);
        var all = new List<byte>();
        byte[] rgb = new byte[reader.Format.FrameBytes], rgba = new byte[rgb.Length / VideoFormat.Channels * Opacity.Channels];
        while (reader.TryRead(rgb, out _))
        {
            Opacity.Join(rgb, reader.Alpha, rgba);
            all.AddRange(rgba);
        }

        return [.. all];
    }
}
