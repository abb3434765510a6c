using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>Which tensors DOVER asks for, and what it makes of its file's tables of places.</summary>
public sealed class DoverLoadingTests
{
    private const string Table = "attn.relative_position_index";

    [Fact]
    public void It_reads_369_tensors_and_has_12_tables_beside_them()
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        string[] names = Tensors(d, DoverConfig.Published, out long parameters);
        Assert.Equal(369, names.Length);
        Assert.Equal(56_218_302, parameters);
        string[] tables = Tables(names);
        Assert.Equal(12, tables.Length);

        // A file is complete with the tables and without them, and nothing else may be missing or left over.
        Loaded(d, DoverConfig.Published, new ListedWeights(names)).Verify();
        Loaded(d, DoverConfig.Published, new ListedWeights([.. names, .. tables])).Verify();
        var shorter = Loaded(d, DoverConfig.Published, new ListedWeights(names[1..]));
        Assert.Equal(InputCode.Incomplete, Assert.Throws<InputException>(shorter.Verify).Code);
        var longer = Loaded(d, DoverConfig.Published, new ListedWeights([.. names, "technical_backbone.surplus"]));
        Assert.Equal(InputCode.Mismatch, Assert.Throws<InputException>(longer.Verify).Code);
    }

    [Fact]
    public void A_table_of_other_places_is_of_another_network()
    {
        const string Wrong = $"technical_backbone.layers.2.blocks.1.{Table}";
        using var folder = new TemporaryFolder();
        using var d = Device.Open();
        var right = Network(WindowSelfAttention.RelativePositions());
        using var whole = TensorFile.Open(TorchFiles.WriteZip(folder["whole.pth"], right));
        Loaded(d, SmallDover.Sizes, whole).Verify();

        var table = right.Single(tensor => tensor.Name == Wrong);
        float[] changed = [.. table.Values];
        changed[^1]++;
        using var other = TensorFile.Open(TorchFiles.WriteZip(
            folder["other.pth"], [.. right.Where(tensor => tensor != table), table with { Values = changed }]));
        var error = Assert.Throws<InputException>(Loaded(d, SmallDover.Sizes, other).Verify);
        Assert.Equal(InputCode.Mismatch, error.Code);
        Assert.Contains("other.pth", error.Message, StringComparison.Ordinal);
        Assert.Contains(Wrong, Assert.Single(error.Details), StringComparison.Ordinal);

        TorchTensor[] Network(long[] places)
        {
            var asked = new RecordedWeights(new FormulaWeights());
            _ = Loaded(d, SmallDover.Sizes, asked);
            var tensors = asked.Asked.Select(tensor => new TorchTensor(tensor.Name, [.. tensor.Shape], Numbers(tensor.Name, tensor.Shape)));
            float[] numbers = [.. places.Select(place => (float)place)];
            return [.. tensors, .. Tables([.. asked.Asked.Select(tensor => tensor.Name)])
                .Select(name => new TorchTensor(name, [392, 392], numbers, StoredType.I64))];
        }
    }

    [Fact]
    public void Tables_of_places_are_those_of_windows_of_8_by_7_by_7()
    {
        const int Tokens = 392;
        long[] table = WindowSelfAttention.RelativePositions();
        Assert.Equal(Tokens * Tokens, table.Length);
        // A token and itself, the first and the last, the last and the first, neighbours across, down and in time.
        long At(int i, int j) => table[(i * Tokens) + j];
        Assert.Equal([1267, 1267, 0, 2534], [At(0, 0), At(200, 200), At(0, Tokens - 1), At(Tokens - 1, 0)]);
        Assert.Equal([1268, 1266, 1280, 1254, 1436, 1098], [At(1, 0), At(0, 1), At(7, 0), At(0, 7), At(49, 0), At(0, 49)]);
    }

    /// <summary>The tensors that a network asks for, from a source that lists none.</summary>
    private static string[] Tensors(Device d, DoverConfig sizes, out long parameters)
    {
        var asked = new ListedWeights();
        _ = Loaded(d, sizes, asked);
        parameters = asked.Parameters;
        return [.. asked.Asked.Keys];
    }

    private static float[] Numbers(string name, IReadOnlyList<long> shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        new FormulaWeights().Read(name, shape, values);
        return values;
    }

    private static string[] Tables(string[] names) =>
        [.. names.Where(name => name.EndsWith("attn.proj.bias", StringComparison.Ordinal))
            .Select(name => name.Replace("attn.proj.bias", Table, StringComparison.Ordinal))];

    private static WeightStore Loaded(Device d, DoverConfig sizes, IWeightFile file)
    {
        var store = new WeightStore(d, file);
        _ = new Dover(store.Root, sizes);
        return store;
    }
}
