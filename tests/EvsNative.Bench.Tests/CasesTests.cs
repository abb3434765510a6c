using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Bench.Tests;

/// <summary>The lines of the table are the networks' own shapes: their work agrees with what docs/models.md counts.</summary>
public sealed class CasesTests
{
    [Theory]
    [InlineData("networks: U-Net pass, 512x512", 803)]
    [InlineData("networks: motion U-Net pass, 16 frames of 256x256", 4068)]
    [InlineData("networks: VAE encode", 1117)]
    [InlineData("networks: VAE decode", 2515)]
    [InlineData("networks: CLIP", 13.3)]
    [InlineData("judges: AMT-S", 170)]
    [InlineData("judges: DINO", 225.6)]
    [InlineData("judges: SigLIP", 670.4)]
    [InlineData("conv 3x3: 1280 -> 1280, 8x8, x2 first", 7.55)]
    [InlineData("products: 1024 x 1024 x 1024", 2.147)]
    [InlineData("attention: 4096 tokens, 8 x 40", 21.5)]
    public void Work_is_what_the_models_page_says(string name, double gflop)
    {
        var shape = Assert.Single(Cases.Matching([name]));
        Assert.InRange(Roof.Count(shape).Sum(operation => operation.Flops) / 1e9, 0.98 * gflop, 1.02 * gflop);
    }

    [Fact]
    public void Every_line_has_a_name_of_its_own_and_something_to_do()
    {
        var all = Cases.Matching([]);
        Assert.Equal(all.Length, all.Select(shape => (shape.Group, shape.Name)).Distinct().Count());
        Assert.All(all, shape => Assert.True(Roof.Count(shape).Sum(operation => operation.Bytes) > 0, shape.Name));
    }

    [Fact]
    public void Every_operation_has_a_line()
    {
        var calls = typeof(IKernelCall).Assembly.GetTypes().Where(type => type.IsValueType && type.IsAssignableTo(typeof(IKernelCall)));
        var measured = Cases.ForGpu([]).SelectMany(shape => Roof.Count(shape)).Select(operation => operation.Operation).ToHashSet();
        Assert.All(calls, call => Assert.Contains(call.Name[..^"Call".Length], measured));
    }

    [Fact]
    public void Words_choose_lines_and_unknown_ones_list_the_groups()
    {
        Assert.All(Cases.Matching(["norms", "clip"]),
            shape => Assert.True(shape.Group == "norms" || shape.Name.Contains("CLIP", StringComparison.Ordinal)));
        Assert.Contains("attention", Assert.Throws<InputException>(() => Cases.Matching(["warp drive"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new double[] { 5, 1, 3 }, 3)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 2.5)]
    public void The_median_is_the_middle(double[] values, double median) => Assert.Equal(median, Statistics.Median(values));

    [Fact]
    public void Ratios_that_cancel_have_the_mean_one() => Assert.Equal(1, Statistics.GeometricMean([0.25, 4]), 12);
}
