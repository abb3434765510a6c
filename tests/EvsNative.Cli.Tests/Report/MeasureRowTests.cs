using EvsNative.Cli.Report;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Cli.Tests.Report;

/// <summary>What the table calls better: only what is.</summary>
public sealed class MeasureRowTests
{
    private const string Flicker = "Flicker", Residual = "Residual", Sharpness = "Sharpness", Psnr = "PSNR";

    [Fact]
    public void A_steadier_and_sharper_clip_is_praised()
    {
        var rows = Rows(new(8, 4, 2, 20), new(4, 2, 2.5, 21));
        Assert.All([Flicker, Residual, Sharpness, Psnr], name => Assert.True(rows[name].Better));
        Assert.Equal("−50 %", rows[Flicker].Change);
        Assert.Equal("+1.00 dB", rows[Psnr].Change);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(4, 2, 1.9)]
    [InlineData(0, 0, 2.5)]
    [InlineData(0.004, 0.001, 2)]
    public void Steadiness_that_costs_the_picture_or_its_movement_is_not(double flicker, double residual, double sharpness)
    {
        var rows = Rows(new(8, 4, 2), new(flicker, residual, sharpness));
        Assert.Null(rows[Flicker].Better);
        Assert.Null(rows[Residual].Better);
    }

    [Fact]
    public void Noise_is_not_sharp()
    {
        var rows = Rows(new(8, 4, 2), new(40, 30, 6));
        Assert.Equal((false, false, null), (rows[Flicker].Better, rows[Residual].Better, rows[Sharpness].Better));
        Assert.True(Rows(new(8, 4, 2), new(8, 4.2, 6))[Sharpness].Better);
    }

    [Theory]
    [InlineData(0, 0, "0 %", null)]
    [InlineData(0, 3, "from zero", false)]
    [InlineData(0.004, 3, "from zero", false)]
    [InlineData(double.NaN, 3, "", null)]
    [InlineData(3, double.NaN, "", null)]
    [InlineData(2, 2.001, "0 %", null)]
    public void Changes_from_nothing_have_a_word(double before, double after, string change, bool? better)
    {
        var row = Rows(new(before, 1, 2), new(after, 1, 2))[Flicker];
        Assert.Equal((change, better), (row.Change, row.Better));
        if (double.IsNaN(before)) Assert.Equal("–", row.Before);
    }

    [Theory]
    [InlineData(20, double.PositiveInfinity, "equal now", true)]
    [InlineData(double.PositiveInfinity, 20, "equal no more", false)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, "0.00 dB", null)]
    public void Equal_clips_have_a_word(double before, double after, string change, bool? better)
    {
        var row = Rows(new(8, 4, 2, before), new(8, 4, 2, after))[Psnr];
        Assert.Equal((change, better), (row.Change, row.Better));
    }

    [Fact]
    public void Sharpness_from_nothing_is_not_praised() => Assert.Null(Rows(new(0, 0, 0), new(5, 5, 5))[Sharpness].Better);

    private static Dictionary<string, MeasureRow> Rows(VideoMeasures before, VideoMeasures after) =>
        MeasureRow.All(before, after).ToDictionary(row => row.Name);
}
