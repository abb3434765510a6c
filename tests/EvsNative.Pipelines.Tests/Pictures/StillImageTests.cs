using System.Text;
using BitMiracle.LibJpeg.Classic;
using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;
using StbImageSharp;

namespace EvsNative.Pipelines.Tests.Pictures;

/// <summary>JPEG, and which pictures go to no decoder at all.</summary>
public sealed class StillImageTests
{
    private static readonly byte[] Jpeg = StillImage.Jpeg(TestVideos.Smooth(1, 40, 56).Pixels, 56, 40, 90);

    [Fact]
    public void A_jpeg_is_read_as_another_decoder_reads_it()
    {
        var picture = StillImage.Decode(Jpeg);
        byte[] expected = ImageResult.FromMemory(Jpeg, ColorComponents.RedGreenBlue).Data;
        Assert.Equal((56, 40, expected.Length), (picture.Width, picture.Height, picture.Pixels.Length));
        // Decoders enlarge colours differently.
        Assert.InRange(expected.Zip(picture.Pixels, (a, b) => Math.Abs(a - b)).Average(), 0, 1);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, true)]
    public void Grey_and_progressive_jpegs_are_read(int colors, bool isProgressive)
    {
        using var file = new MemoryStream();
        var jpeg = new jpeg_compress_struct
        {
            Image_width = 24,
            Image_height = 16,
            Input_components = colors,
            In_color_space = colors == 1 ? J_COLOR_SPACE.JCS_GRAYSCALE : J_COLOR_SPACE.JCS_RGB,
        };
        jpeg.jpeg_set_defaults();
        jpeg.jpeg_set_quality(100, true);
        if (isProgressive) jpeg.jpeg_simple_progression();
        jpeg.jpeg_stdio_dest(file);
        jpeg.jpeg_start_compress(true);
        byte[] row = [.. Enumerable.Range(0, 24).SelectMany(x => Enumerable.Repeat((byte)(8 * x), colors))];
        for (int y = 0; y < 16; y++) jpeg.jpeg_write_scanlines([row], 1);
        jpeg.jpeg_finish_compress();
        byte[] pixels = StillImage.Decode(file.ToArray()).Pixels;
        for (int i = 0; i < pixels.Length; i++) Assert.InRange(pixels[i], 8 * (i / 3 % 24) - 3, 8 * (i / 3 % 24) + 3);
    }

    [Fact]
    public void A_jpeg_cut_anywhere_or_changed_anywhere_ends_at_once()
    {
        // Six bytes on which a decoder was seen to run for ever.
        Refused([0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10], InputCode.Damaged);
        for (int length = 4; length < Jpeg.Length - 2; length++) Refused(Jpeg[..length], InputCode.Damaged);
        for (int at = 3; at < Jpeg.Length; at++)
        {
            byte[] changed = [.. Jpeg];
            changed[at] ^= 0x55;
            try
            {
                StillImage.Decode(changed);
            }
            catch (InputException)
            {
                // Anything else fails the test.
            }
        }
    }

    [Fact]
    public void A_jpegs_size_is_held_against_its_bytes()
    {
        byte[] hollow = [.. Jpeg];
        int frame = hollow.AsSpan().IndexOf<byte>([0xFF, 0xC0]);
        (hollow[frame + 5], hollow[frame + 7]) = (0x1F, 0x1F);
        Assert.Contains("less picture", Refused(hollow, InputCode.Damaged), StringComparison.Ordinal);
        hollow[frame + 5] = 0xFF;
        Refused(hollow, InputCode.TooLarge);
    }

    [Theory]
    [InlineData("GIF89a\u0001\u0000\u0001\u0000", InputCode.WrongKind, "a GIF")]
    [InlineData("RIFF\u0008\u0000\u0000\u0000WEBPVP8 ", InputCode.WrongKind, "a WebP picture")]
    [InlineData("8BPS\u0000\u0001\u0000\u0000", InputCode.WrongKind, "another format")]
    [InlineData("\u0000\u0000\u0000 ftypisom", InputCode.WrongKind, "a video")]
    [InlineData("<html><body>log in</body></html>", InputCode.WrongKind, "an HTML page")]
    [InlineData("hello", InputCode.WrongKind, "plain text")]
    [InlineData("P6\n1 1\n255\nabc", InputCode.WrongKind, "plain text")]
    [InlineData("#?RADIANCE\n", InputCode.WrongKind, "plain text")]
    [InlineData("\u0000\u0000\u0002\u0000\u0000\u0000\u0000\u0000\u0001\u0000\u0001\u0000", InputCode.Damaged, "not a PNG file")]
    [InlineData("", InputCode.Damaged, "an empty file")]
    public void What_is_neither_png_nor_jpeg_reaches_no_decoder_and_is_named(string start, InputCode code, string what) =>
        Assert.Contains(what, Refused(Encoding.Latin1.GetBytes(start), code), StringComparison.Ordinal);

    private static string Refused(byte[] file, InputCode code) =>
        InputErrors.Expect(() => StillImage.Decode(file, "frame.png"), code, "frame.png");
}
