using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>What holds of the vision transformers whatever the weights: groups, sizes, work, and the tensors that they ask for.</summary>
public sealed class VisionTests
{
    private const double Giga = 1e9;

    public static TheoryData<string> Profiles => [.. GpuProfiles.All.Select(caps => caps.Name)];

    [Fact]
    public void Pictures_are_worked_on_in_groups_that_change_no_bit()
    {
        using var d = Device.Open();
        using var scope = d.Enter("groups");
        var w = SmallNetworks.Weights(d);
        var pictures = new Draw(1).Normals(d, new Shape(5, 64, 87, 3));
        float[] alone = d.Download(new VisionTransformer(w, SmallJudges.Dino, budgetBytes: 1).Forward(d, pictures));
        float[] together = d.Download(new VisionTransformer(w, SmallJudges.Dino).Forward(d, pictures));
        Assert.Equal(alone, together);

        var squares = new Draw(2).Normals(d, new Shape(3, 104, 104, 3));
        float[] scores = new AestheticPredictor(w, w, SmallJudges.Siglip, budgetBytes: 1).Score(d, squares);
        Assert.Equal(3, scores.Distinct().Count());
        Assert.Equal(scores, new AestheticPredictor(w, w, SmallJudges.Siglip).Score(d, squares));
    }

    [Fact]
    public void The_result_may_be_written_where_the_caller_says()
    {
        using var d = Device.Open();
        using var scope = d.Enter("into");
        var network = new VisionTransformer(SmallNetworks.Weights(d), SmallJudges.Dino);
        var pictures = new Draw(3).Normals(d, new Shape(2, 32, 48, 3));
        var into = Draw.Poisoned(d, new Shape(2, 1, 1, 32));
        network.Forward(d, pictures, into);
        Assert.Equal(d.Download(network.Forward(d, pictures)), d.Download(into));
    }

    [Fact]
    public void Pixels_beyond_the_last_whole_patch_are_not_seen()
    {
        using var d = Device.Open();
        using var scope = d.Enter("edge");
        var network = new VisionTransformer(SmallNetworks.Weights(d), SmallJudges.Dino);
        float[] values = new Draw(4).Normals(37 * 50 * 3);
        float[] first = d.Download(network.Forward(d, d.Upload(values, new Shape(1, 37, 50, 3))));
        for (int row = 0; row < 37; row++)
        {
            for (int column = 0; column < 50; column++)
                if (row >= 32 || column >= 48) values.AsSpan(((row * 50) + column) * 3, 3).Fill(9);
        }

        Assert.Equal(first, d.Download(network.Forward(d, d.Upload(values, new Shape(1, 37, 50, 3)))));
        values[0] += 1;
        Assert.NotEqual(first, d.Download(network.Forward(d, d.Upload(values, new Shape(1, 37, 50, 3)))));
    }

    [Fact]
    public void Stored_positions_are_taken_for_square_pictures_alone()
    {
        using var d = Device.Open();
        var network = new VisionTransformer(SmallNetworks.Weights(d), SmallJudges.Dino);
        float[] stored = FormulaWeights.Input("pos_embed", 197 * 32, 0.5);
        Assert.Equal(stored, network.Positions(d, 14, 14, isSquare: true));
        float[] resized = network.Positions(d, 14, 14, isSquare: false);
        Assert.Equal(stored.AsSpan(0, 32), resized.AsSpan(0, 32));
        Assert.NotEqual(stored, resized);
    }

    /// <summary>Entry by entry from sixteen others, as cubic interpolation is defined.</summary>
    [Theory]
    [InlineData(3, 5)]
    [InlineData(14, 22)]
    [InlineData(30, 9)]
    public void Resized_positions_are_cubic_sums_of_the_stored_ones(int rows, int columns)
    {
        const int grid = 14;
        float[] table = new Draw(6).Normals(grid * grid * 2);
        float[] resized = PositionTable.Resize(table, grid, rows, columns);
        Assert.Equal(2 * rows * columns, resized.Length);
        for (int i = 0; i < resized.Length; i++)
        {
            double y = Place(i / (2 * columns), rows), x = Place(i / 2 % columns, columns), sum = 0;
            for (int row = (int)Math.Floor(y) - 1; row <= Math.Floor(y) + 2; row++)
            {
                for (int column = (int)Math.Floor(x) - 1; column <= Math.Floor(x) + 2; column++)
                {
                    int at = (Math.Clamp(row, 0, grid - 1) * grid) + Math.Clamp(column, 0, grid - 1);
                    sum += Cubic(Math.Abs(y - row)) * Cubic(Math.Abs(x - column)) * table[(2 * at) + (i % 2)];
                }
            }

            Assert.Equal(sum, resized[i], 1e-6);
        }

        static double Place(int target, int count) => ((target + 0.5) * grid / (count + 0.1)) - 0.5;

        static double Cubic(double d) => d <= 1
            ? (1.25 * d * d * d) - (2.25 * d * d) + 1
            : (-0.75 * d * d * d) + (3.75 * d * d) - (6 * d) + 3;
    }

    [Fact]
    public void A_picture_smaller_than_a_patch_is_refused()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var network = new VisionTransformer(SmallNetworks.Weights(d), SmallJudges.Dino);
        var error = Assert.Throws<InputException>(() => network.Forward(d, d.Rent(new Shape(1, 15, 40, 3))));
        Assert.Equal(InputCode.OutOfRange, error.Code);
        Assert.Contains("40 x 15", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_of_a_frame_without_arithmetic()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true));
        new VisionTransformer(SmallNetworks.Weights(d), VisionTransformerConfig.B16).Forward(d, d.Rent(new Shape(1, 224, 358, 3)));
        Assert.Equal(56.4, d.Counting!.TotalFlops / Giga, 0.06);
        d.Counting.Reset();
        var w = SmallNetworks.Weights(d);
        new AestheticPredictor(w, w, SiglipConfig.So400m).Score(d, d.Rent(new Shape(1, 384, 384, 3)));
        Assert.Equal(670.4, d.Counting.TotalFlops / Giga, 0.6);
    }

    /// <summary>Launches within each device's limits, and the memory of a clip: groups do not grow with it.</summary>
    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_clip_passes_through_on_every_gpu(string name)
    {
        var profile = GpuProfiles.All.Single(caps => caps.Name == name);
        using var d = Device.Open(new DeviceOptions(Backend.Null, Profile: profile));
        var w = SmallNetworks.Weights(d);
        Tensor frames = d.Allocate(new Shape(64, 224, 358, 3)), squares = d.Allocate(new Shape(64, 384, 384, 3));
        using (d.Enter("dino")) new VisionTransformer(w, VisionTransformerConfig.B16).Forward(d, frames);
        using (d.Enter("siglip")) new AestheticPredictor(w, w, SiglipConfig.So400m).Score(d, squares);
        Assert.InRange(d.ScratchPeakBytes, 64L << 20, 256L << 20);
    }

    [Fact]
    public void Vision_transformer_reads_150_tensors() =>
        CheckTensors(150, 85_798_656, w => new VisionTransformer(w, VisionTransformerConfig.B16));

    [Fact]
    public void Siglip_reads_448_tensors() => CheckTensors(448, 428_225_600, w => new Siglip(w, SiglipConfig.So400m));

    [Fact]
    public void The_aesthetic_head_reads_10_tensors() =>
        CheckTensors(10, 1_321_185, w => new AestheticHead(w, SiglipConfig.So400m));

    private static void CheckTensors(int tensors, long parameters, Func<WeightSource, object> build)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var asked = new ListedWeights();
        build(new WeightStore(d, asked).Root);
        Assert.Equal((tensors, parameters), (asked.Asked.Count, asked.Parameters));

        var exact = new WeightStore(d, new ListedWeights([.. asked.Asked.Keys]));
        build(exact.Root);
        exact.Verify();
        var fewer = new WeightStore(d, new ListedWeights([.. asked.Asked.Keys.Skip(1)]));
        build(fewer.Root);
        Assert.StartsWith("missing: ", Assert.Single(Assert.Throws<InputException>(fewer.Verify).Details), StringComparison.Ordinal);
    }
}
