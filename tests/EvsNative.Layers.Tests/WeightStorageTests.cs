using System.Text;
using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

/// <summary>How tensors are stored is known without reading them, through every kind of source.</summary>
public sealed class WeightStorageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private SafetensorsFile Open(string name, string type, int bytes)
    {
        byte[] header = Encoding.UTF8.GetBytes($"{{{RawSafetensors.Entry(name, type, "3", 0, 3 * bytes)}}}");
        return SafetensorsFile.Open(_folder.Write(name, RawSafetensors.File(header, new byte[3 * bytes])));
    }

    [Theory]
    [InlineData("F32", 4, WeightStorage.Float32)]
    [InlineData("F16", 2, WeightStorage.Float16)]
    [InlineData("BF16", 2, WeightStorage.BFloat16)]
    [InlineData("F64", 8, WeightStorage.Float32)]
    [InlineData("I16", 2, WeightStorage.Float32)]
    [InlineData("F8_E5M2", 1, WeightStorage.Float16)]
    [InlineData("F8_E4M3", 1, WeightStorage.Float16)]
    public void A_file_tells_its_types(string type, int bytes, WeightStorage wanted)
    {
        using var file = Open("a", type, bytes);
        Assert.Equal(wanted, file.StorageOf("a"));
        Assert.Equal(WeightStorage.Float32, file.StorageOf("b"));
    }

    [Fact]
    public void Several_files_tell_that_of_the_owner_and_new_names_that_of_the_old()
    {
        using SafetensorsFile a = Open("a", "F16", 2), b = Open("b", "BF16", 2);
        var both = new CombinedWeights([a, b, new FormulaWeights()]);
        WeightStorage[] combined = [.. new[] { "a", "b", "c" }.Select(both.StorageOf)];
        Assert.Equal([WeightStorage.Float16, WeightStorage.BFloat16, WeightStorage.Float32], combined);
        var renamed = new RenamedWeights(both, name => name == "a" ? "b" : name == "b" ? "new" : null);
        WeightStorage[] turned = [.. new[] { "a", "b", "new" }.Select(renamed.StorageOf)];
        Assert.Equal([WeightStorage.Float32, WeightStorage.Float16, WeightStorage.BFloat16], turned);
    }

    [Fact]
    public void Weights_by_formula_are_float32()
    {
        IWeightFile weights = new FormulaWeights();
        Assert.Equal(WeightStorage.Float32, weights.StorageOf("anything"));
    }
}
