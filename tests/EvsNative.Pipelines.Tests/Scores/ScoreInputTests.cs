using System.IO.Hashing;
using System.Text.Json;
using EvsNative.Kernels;
using EvsNative.Models.Tests.Judges;
using EvsNative.Models.Tests.Networks;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Scores;

namespace EvsNative.Pipelines.Tests.Scores;

/// <summary>What the judges see, byte by byte where the reference's arithmetic is exact, against metrics_goldens.json.</summary>
public sealed class ScoreInputTests
{
    private const string Case = "inputs", MayDiffer = ", single values may differ by 1";
    private const int Seed = 42;

    /// <summary>Errors of float32 against the reference's float64.</summary>
    private const double Tolerance = 1e-6;

    private static readonly Lazy<VideoFrames> Small = new(() => FormulaClip.Of(16, 150, 210));
    private static readonly Lazy<VideoFrames> Middle = new(() => FormulaClip.Of(16, 320, 512));
    private static readonly Lazy<VideoFrames> Large = new(() => FormulaClip.Of(2, 640, 1024));

    [Fact]
    public void Clips_by_formula_are_the_references()
    {
        Same("clip 16x150x210", Small.Value.Pixels);
        Same("clip 16x320x512", Middle.Value.Pixels);
        Same("clip 2x640x1024", Large.Value.Pixels);
    }

    [Fact]
    public void The_generator_is_torchs()
    {
        var draw = new MersenneTwister(Seed);
        foreach (long number in List("mt19937 of seed 42")) Assert.Equal(number, draw.Next());
        // The ten thousandth number of MT19937 from its usual seed, as the C++ standard has it.
        var usual = new MersenneTwister(5489);
        for (int i = 1; i < 10_000; i++) usual.Next();
        Assert.Equal(4123659995u, usual.Next());
    }

    [Fact]
    public void Frames_of_Dover_are_the_originals()
    {
        Assert.Equal(List("technical frames of 16"), DoverFrames.Technical(16).Select(frame => (long)frame));
        Assert.Equal(List("technical frames of 5"), DoverFrames.Technical(5).Select(frame => (long)frame));
        Assert.Equal(List("aesthetic frames of 16"), DoverFrames.Aesthetic(16).Select(frame => (long)frame));
        Assert.Equal(List("aesthetic frames of 32"), DoverFrames.Aesthetic(32).Select(frame => (long)frame));
    }

    /// <summary>Of a clip shorter than 32 frames the aesthetic branch sees the first one, 32 times.</summary>
    [Fact]
    public void A_short_clips_first_frame_stands_for_its_aesthetics()
    {
        byte[] view = DoverQuality.AestheticView(FormulaClip.Scored(Small.Value), isAntialiased: false);
        byte[] first = view[..Fragments.Bytes];
        Assert.All(view.Chunk(Fragments.Bytes), frame => Assert.Equal(first, frame));
        byte[] long32 = DoverQuality.AestheticView(FormulaClip.Scored(FormulaClip.Of(32, 60, 80)), isAntialiased: false);
        Assert.NotEqual(long32[..Fragments.Bytes], long32[Fragments.Bytes..(2 * Fragments.Bytes)]);
    }

    [Fact]
    public void Rows_are_drawn_before_columns_and_nothing_where_there_is_no_room()
    {
        var places = new Fragments(512, 320, DoverFrames.Clips, Seed);
        Assert.Equal(List("offsets of rows, 320, seed 42"), places.RowOffsets.Select(offset => (long)offset));
        Assert.Equal(List("offsets of columns, 512, seed 42"), places.ColumnOffsets.Select(offset => (long)offset));
        // The last place is never taken: 320 / 7 - 32 = 13.
        Assert.Equal(12, places.RowOffsets.Max());

        // 230 / 7 = 32 leaves no room in rows: the first numbers are the columns'.
        var flat = new Fragments(512, 230, DoverFrames.Clips, Seed);
        Assert.All(flat.RowOffsets, offset => Assert.Equal(0, offset));
        Assert.Equal((int)(List("mt19937 of seed 42")[0] % (512 / 7 - 32)), flat.ColumnOffsets[0]);
    }

    [Fact]
    public void Fragments_are_the_originals()
    {
        byte[] view = DoverQuality.TechnicalView(FormulaClip.Scored(Middle.Value), Seed);
        Same("fragments of 320x512", view);
        const int Clips = DoverFrames.Clips, Frames = DoverFrames.Length;
        float[] values = Nchw.From(
            DoverQuality.Normalised(view), new Shape(Clips * Frames, Fragments.Side, Fragments.Side, VideoFormat.Channels));
        Near("technical input of 320x512", Nchw.Exchange(values, Clips, Frames, VideoFormat.Channels));
    }

    /// <summary>
    /// A clip smaller than the mosaic is enlarged and cut off to bytes, and its cells stay where they were: the mosaic shows the upper left
    /// part only, its pieces overlap.
    /// </summary>
    [Fact]
    public void Fragments_of_a_small_clip_are_the_originals()
    {
        byte[] view = DoverQuality.TechnicalView(FormulaClip.Scored(Small.Value), Seed);
        Same("fragments of 150x210" + MayDiffer, view);
        // Cells are 21 rows apart: row 21 of the first piece is row 0 of the one below it.
        const int Row = Fragments.Side * VideoFormat.Channels, Piece = 32;
        Assert.Equal(view[(21 * Row)..(21 * Row + 96)], view[(Piece * Row)..(Piece * Row + 96)]);
    }

    [Theory]
    [InlineData("320x512", false)]
    [InlineData("150x210", false)]
    [InlineData("320x512", true)]
    public void Aesthetic_views_are_the_originals(string size, bool isAntialiased)
    {
        var clip = size == "150x210" ? Small.Value : Middle.Value;
        byte[] view = new byte[Fragments.Bytes];
        new DoverAestheticView(clip.Width, clip.Height, isAntialiased).Apply(clip.Frame(0), view);
        Same($"aesthetic view of {size}{(isAntialiased ? ", antialiased" : "")}{MayDiffer}", view);
    }

    [Fact]
    public void A_frame_of_the_views_size_is_left_alone()
    {
        var clip = TestVideos.Noise(1, Fragments.Side, Fragments.Side, 1);
        byte[] view = new byte[Fragments.Bytes];
        new DoverAestheticView(Fragments.Side, Fragments.Side, isAntialiased: true).Apply(clip.Frame(0), view);
        Assert.Equal(clip.Pixels, view);
    }

    [Theory]
    [InlineData("150x210", 313, 224)]
    [InlineData("640x1024", 358, 224)]
    public void Pictures_for_Dino_are_resized_as_floats(string size, int width, int height)
    {
        var clip = size == "150x210" ? Small.Value : Large.Value;
        var view = new DinoView(clip.Width, clip.Height);
        Assert.Equal(new Shape(1, height, width, 3), view.Shape);
        float[] all = new float[clip.Count * view.Shape.Count];
        int length = (int)view.Shape.Count;
        for (int i = 0; i < clip.Count; i++) view.Apply(clip.Frame(i), all.AsSpan(i * length, length));
        Near($"dino view of {size}", Nchw.From(all, view.Shape with { N = clip.Count }));
    }

    [Fact]
    public void The_longer_side_is_cut_down_and_the_shorter_one_is_224_upright_too()
    {
        Assert.Equal(new Shape(1, 358, 224, 3), new DinoView(640, 1024).Shape);
        Assert.Equal(new Shape(1, 224, 224, 3), new DinoView(224, 224).Shape);
        Assert.Equal(new Shape(1, 224, 299, 3), new DinoView(447, 334).Shape);
    }

    [Fact]
    public void Pictures_for_the_aesthetic_predictor_are_Pillows()
    {
        Same("siglip bytes of 640x1024", Square(Large.Value));
        Same("siglip bytes of 150x210", Square(Small.Value));
        var view = new SiglipView(512, 320, 384);
        float[] picture = new float[view.Shape.Count];
        view.Apply(Middle.Value.Frame(3), picture);
        Near("siglip view of 320x512, frame 3", Nchw.From(picture, view.Shape));

        static byte[] Square(VideoFrames clip)
        {
            byte[] bytes = new byte[384 * 384 * 3];
            new PixelResize(clip.Width, clip.Height, 384, 384).Apply(clip.Frame(0), bytes);
            return bytes;
        }
    }

    [Theory]
    [InlineData(150, 210, 160, 224, 5, 7)]
    [InlineData(128, 160, 128, 160, 0, 0)]
    [InlineData(113, 113, 128, 128, 7, 7)]
    [InlineData(121, 120, 128, 128, 3, 4)]
    public void Frames_for_interpolation_are_padded_on_both_sides(
        int height, int width, int paddedHeight, int paddedWidth, int top, int left)
    {
        var clip = TestVideos.Noise(1, height, width, 7);
        var view = new MotionView(width, height);
        Assert.Equal(new Shape(1, paddedHeight, paddedWidth, 3), view.Shape);
        float[] picture = new float[view.Shape.Count];
        view.Apply(clip.Frame(0), picture);
        for (int y = 0; y < paddedHeight; y++)
        {
            for (int x = 0; x < paddedWidth; x++)
            {
                int from = Math.Clamp(y - top, 0, height - 1) * width + Math.Clamp(x - left, 0, width - 1);
                for (int c = 0; c < 3; c++)
                    Assert.Equal(clip.Frame(0)[from * 3 + c] / 255f, picture[(y * paddedWidth + x) * 3 + c]);
            }
        }

        // All 256 levels come back whole, so a picture differs from itself by nothing; a hair less loses a level.
        Assert.Equal(0, view.Difference(picture, clip.Frame(0)));
        float[] darker = Array.ConvertAll(picture, v => v * (1 - 1e-6f));
        Assert.InRange(view.Difference(darker, clip.Frame(0)), 0.9, 1);
    }

    [Theory]
    [InlineData("resize plain 5x13", false, 5, 13)]
    [InlineData("resize antialiased 4x5", true, 4, 5)]
    public void Weights_of_the_resizes_are_torchs(string tap, bool isAntialiased, int height, int width)
    {
        // The reference's tensor holds floats: those are made of unit pictures, by the resize's being linear.
        float[] x = Layers.FormulaWeights.Input("input.x", 2 * 6 * 7 * 9);
        float[] wanted = new float[2 * 6 * height * width];
        byte[] unit = new byte[7 * 9 * 3];
        float[] scaled = new float[height * width * 3];
        var resize = new BilinearResize(9, 7, width, height, isAntialiased: isAntialiased);
        for (int pixel = 0; pixel < 7 * 9; pixel++)
        {
            unit.AsSpan().Clear();
            unit[pixel * 3] = 1;
            resize.Apply(unit, scaled);
            for (int plane = 0; plane < 2 * 6; plane++)
                for (int i = 0; i < height * width; i++) wanted[plane * height * width + i] += x[plane * 7 * 9 + pixel] * scaled[i * 3];
        }

        Assert.InRange(MetricGolden.Taps("operations")[tap].Error(wanted), 0, Tolerance);
    }

    private static long[] List(string name) =>
        [.. MetricGolden.Case(Case).GetProperty("lists").GetProperty(name).EnumerateArray().Select(number => number.GetInt64())];

    private static void Near(string tap, float[] got) => Assert.InRange(MetricGolden.Taps(Case)[tap].Error(got), 0, Tolerance);

    /// <summary>All bytes by their CRC-32; or, where two orders of summation may round apart, mean and 64 values.</summary>
    private static void Same(string name, byte[] got)
    {
        var json = MetricGolden.Case(Case).GetProperty("bytes").GetProperty(name);
        Assert.Equal(json.GetProperty("shape").EnumerateArray().Aggregate(1, (count, side) => count * side.GetInt32()), got.Length);
        int[] values = [.. json.GetProperty("values").EnumerateArray().Select(value => value.GetInt32())];
        int[] picked = [.. Enumerable.Range(0, values.Length).Select(i => (int)got[(long)i * (got.Length - 1) / (values.Length - 1)])];
        Assert.InRange(got.Average(value => (double)value) - json.GetProperty("mean").GetDouble(), -0.01, 0.01);
        if (name.EndsWith(MayDiffer, StringComparison.Ordinal))
        {
            Assert.All(values.Zip(picked), pair => Assert.InRange(pair.Second - pair.First, -1, 1));
            Assert.InRange(values.Zip(picked).Count(pair => pair.First != pair.Second), 0, 1);
            return;
        }

        Assert.Equal(values, picked);
        Assert.Equal(json.GetProperty("crc32").GetUInt32(), Crc32.HashToUInt32(got));
    }
}
