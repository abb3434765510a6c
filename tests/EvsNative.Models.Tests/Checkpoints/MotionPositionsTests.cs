using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>Stored tables of positions are what the network computes, rounded; a table that is not is used.</summary>
public sealed class MotionPositionsTests : IDisposable
{
    private const string Table = "down_blocks.0.motion_modules.0.transformer_blocks.0.pos_embed.pe";

    private readonly TemporaryFolder _folder = new();
    private readonly WeightFiles _files = new();

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    /// <summary>The file of an adapter whose first tables of positions are these numbers.</summary>
    private ModelPart<MotionConfig> Open(bool isOriginal, params Func<float, int, float>[] change)
    {
        string path = _folder[$"{Guid.NewGuid():N}.safetensors"];
        var tensors =
            from tensor in MotionTensors.Of([32], 1, hasMid: true, 32)
            let names = isOriginal ? MotionTensors.Original(tensor.Name) : [tensor.Name]
            from stored in names.Select((name, i) => (Name: name, Attention: i))
            let numbers = MotionTensors.Numbers(tensor.Name, tensor.Shape)
            let changed = tensor.Name == Table ? [.. numbers.Select(change[Math.Min(stored.Attention, change.Length - 1)])] : numbers
            select (stored.Name, tensor.Shape, changed);
        SafetensorsWriter.Save(path, tensors);
        return MotionAdapterFile.Open(_files, path);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rounded_tables_are_computed(bool isOriginal)
    {
        Func<float, int, float>[] roundings =
        [
            (value, _) => value,
            (value, _) => (float)(Half)value,
            (value, _) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) & ~0xFFFF),
        ];
        foreach (var rounding in roundings) Assert.DoesNotContain(Table, Open(isOriginal, rounding).Weights.Names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Others_are_read(bool isOriginal)
    {
        Func<float, int, float>[] changes = [(value, _) => 0.9f * value, (_, i) => i / 1024f, (_, _) => 0];
        foreach (var change in changes)
        {
            var part = Open(isOriginal, change);
            float[] values = new float[32 * 32];
            part.Weights.Read(Table, [1, 32, 32], values);
            Assert.Equal([.. Sinusoids.Positions(32, 32).Select(change)], values);
            Assert.Equal(Table, Assert.Single(part.Weights.Names, name => name.EndsWith(".pe", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_damaged_one_is_computed_and_two_that_differ_are_refused()
    {
        Assert.DoesNotContain(Table, Open(isOriginal: false, (value, i) => i == 7 ? float.NaN : value).Weights.Names);
        var error = Assert.Throws<InputException>(() => Open(isOriginal: true, (value, _) => value, (value, _) => -value));
        Assert.Equal(InputCode.Unsupported, error.Code);
        Assert.Contains("two tables of positions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_network_works_with_the_table_that_it_is_given()
    {
        using var d = Device.Open(new DeviceOptions(Threads: 1));
        var x = new Draw(1).Normals(d, new Shape(4, 2, 2, 32));
        float[] Result(IWeightFile weights)
        {
            var w = new WeightStore(d, weights).Root / "down_blocks.0" / "motion_modules.0";
            return d.Download(new TemporalTransformer(w, 32, 8, 32, 32).Forward(d, x, frames: 4));
        }

        float[] computed = Result(Open(isOriginal: false, (value, _) => value).Weights);
        float[] given = Result(new RenamedWeights(_files.Open(Open(isOriginal: false, (value, _) => value).Weights.Origin), name => name));
        float[] own = Result(Open(isOriginal: true, (value, _) => 3 * value).Weights);
        Assert.Equal(computed, given);
        Assert.True(Relative.Error(own, computed) > 1e-3);
    }
}
