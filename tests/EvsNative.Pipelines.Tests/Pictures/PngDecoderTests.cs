using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;
using StbImageSharp;

namespace EvsNative.Pipelines.Tests.Pictures;

/// <summary>PNG of every kind as another decoder reads it; broken and hostile files in one line, their size never believed.</summary>
public sealed class PngDecoderTests
{
    public static TheoryData<byte, int, bool> Kinds
    {
        get
        {
            var kinds = new TheoryData<byte, int, bool>();
            foreach (var (color, depths) in new[] { (0, "1 2 4 8 16"), (2, "8 16"), (3, "1 2 4 8"), (4, "8 16"), (6, "8 16") })
                foreach (string depth in depths.Split(' '))
                    foreach (bool interlaced in new[] { false, true })
                        kinds.Add((byte)color, int.Parse(depth, System.Globalization.CultureInfo.InvariantCulture), interlaced);
            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_is_read_as_another_decoder_reads_it(byte color, int depth, bool interlaced)
    {
        foreach (var (width, height) in new[] { (1, 1), (2, 3), (5, 1), (1, 9), (8, 8), (19, 23) })
        {
            byte[] file = TestPng.Random(new PngHeader(width, height, depth, (PngColor)color, interlaced), width * 31 + height);
            var picture = StillImage.Decode(file);
            Assert.Equal((width, height), (picture.Width, picture.Height));
            Assert.Equal(ImageResult.FromMemory(file, ColorComponents.RedGreenBlue).Data, picture.Pixels);
        }
    }

    [Theory]
    [InlineData(0, 4, new byte[] { 0, 5 }, new byte[] { 0, 0x5F }, true)]
    [InlineData(0, 4, new byte[] { 0, 5 }, new byte[] { 0, 0x4F }, false)]
    [InlineData(2, 8, new byte[] { 0, 1, 0, 2, 0, 3 }, new byte[] { 0, 9, 9, 9, 1, 2, 3 }, true)]
    [InlineData(2, 8, new byte[] { 0, 1, 0, 2, 0, 3 }, new byte[] { 0, 1, 2, 9, 9, 2, 3 }, false)]
    [InlineData(3, 4, new byte[] { 255, 0 }, new byte[] { 0, 0x21 }, true)]
    [InlineData(3, 4, new byte[] { 255, 0 }, new byte[] { 0, 0x20 }, false)]
    [InlineData(4, 8, new byte[0], new byte[] { 0, 7, 255, 7, 254 }, true)]
    [InlineData(4, 8, new byte[0], new byte[] { 0, 7, 255, 0, 255 }, false)]
    [InlineData(6, 8, new byte[0], new byte[] { 0, 1, 2, 3, 255, 1, 2, 3, 0 }, true)]
    [InlineData(6, 8, new byte[0], new byte[] { 0, 0, 0, 0, 255, 1, 2, 3, 255 }, false)]
    public void Transparency_is_what_a_pixel_has_not_what_a_format_may_have(
        byte color, int depth, byte[] opacity, byte[] row, bool isTransparent)
    {
        (string, byte[])[] between = [("PLTE", new byte[3 * 16]), .. opacity.Length > 0 ? new[] { ("tRNS", opacity) } : []];
        byte[] file = TestPng.File(new PngHeader(2, 1, depth, (PngColor)color, false), row, between);
        Assert.Equal(isTransparent, StillImage.Decode(file).IsTransparent);
    }

    [Fact]
    public void Profiles_and_further_pictures_are_seen()
    {
        var header = new PngHeader(3, 3, 8, PngColor.Rgb, false);
        Assert.Null(StillImage.Decode(TestPng.Random(header, 1, ("iCCP", [.. "sRGB IEC61966-2.1"u8, 0, 0]))).Profile);
        var picture = StillImage.Decode(TestPng.Random(header, 1, ("iCCP", [.. "Display P3"u8, 0, 0]), ("acTL", new byte[8])));
        Assert.Equal(("Display P3", true), (picture.Profile, picture.IsAnimated));
    }

    [Theory]
    [InlineData(16384, 16384, 1)]
    [InlineData(16385, 1, 8)]
    [InlineData(1, 16385, 8)]
    [InlineData(int.MaxValue, int.MaxValue, 16)]
    public void A_picture_larger_than_the_limits_is_refused_by_its_header(int width, int height, int depth) => Refused(
        TestPng.File(new PngHeader(width, height, depth, PngColor.Grey, false), new byte[100_000]), InputCode.TooLarge);

    [Fact]
    public void No_more_is_unpacked_than_the_header_promises()
    {
        // 40 MB of zeros in 40 kB, in a picture of one pixel.
        byte[] bomb = TestPng.File(new PngHeader(1, 1, 8, PngColor.Rgb, false), new byte[40_000_000]);
        Assert.Contains("more picture", Allocating(1_000_000, bomb), StringComparison.Ordinal);
        // Eight thousand rows in a header, three in the file.
        byte[] hollow = TestPng.File(new PngHeader(8000, 8000, 8, PngColor.Rgb, false), new byte[3 * 24_001]);
        Assert.Contains("less picture", Allocating(1_000_000, hollow), StringComparison.Ordinal);
        byte[] early = TestPng.File(new PngHeader(4, 4, 8, PngColor.Rgb, false), new byte[3 * 13]);
        Assert.Contains("less picture", Refused(early, InputCode.Damaged), StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_anywhere_it_is_damaged_and_a_changed_byte_of_the_picture_is_noticed()
    {
        byte[] file = TestPng.Random(new PngHeader(5, 4, 8, PngColor.Rgb, false), 3);
        for (int length = 8; length < file.Length; length++) Refused(file[..length], InputCode.Damaged);
        for (int at = 8; at < file.Length; at++)
        {
            byte[] changed = [.. file];
            changed[at] ^= 0x41;
            Assert.Throws<InputException>(() => StillImage.Decode(changed));
        }
    }

    [Fact]
    public void Rules_that_are_broken_are_named()
    {
        var header = new PngHeader(2, 1, 8, PngColor.Palette, false);
        Assert.Contains("palette is missing", Refused(TestPng.File(header, [0, 0, 0]), InputCode.Damaged), StringComparison.Ordinal);
        byte[] outside = TestPng.File(header, [0, 0, 2], ("PLTE", new byte[6]));
        Assert.Contains("not in the palette", Refused(outside, InputCode.Damaged), StringComparison.Ordinal);
        Refused(TestPng.File(header, [0, 0, 0], ("PLTE", new byte[7])), InputCode.Damaged);
        Refused(TestPng.File(header, [0, 0, 0], ("CgBI", [])), InputCode.Damaged);
        byte[] filtered = TestPng.File(header, [5, 0, 0], ("PLTE", new byte[6]));
        Assert.Contains("filter 5", Refused(filtered, InputCode.Damaged), StringComparison.Ordinal);
        Refused(TestPng.File(header with { Depth = 16 }, [0, 0, 0]), InputCode.Damaged);
        Refused(TestPng.File(header with { Color = (PngColor)1 }, [0, 0, 0]), InputCode.Damaged);
        Refused(TestPng.File(header with { Width = 0 }, [0, 0, 0]), InputCode.Damaged);
    }

    [Fact]
    public void A_stop_ends_decoding()
    {
        byte[] file = TestPng.Random(new PngHeader(2000, 2000, 1, PngColor.Grey, true), 1);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => StillImage.Decode(file, stop: stop.Token));
    }

    private static string Refused(byte[] file, InputCode code) =>
        InputErrors.Expect(() => StillImage.Decode(file, "frame.png"), code, "frame.png");

    private static string Allocating(long most, byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Refused(file, InputCode.Damaged);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, most);
        return message;
    }
}
