using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Conversion;

/// <summary>A folder in which weights are converted, and what tests of that need.</summary>
internal sealed class Conversions : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Its full path.</summary>
    public string Path => _folder.Path;

    /// <summary>The path of a file or folder inside, whose folder is made.</summary>
    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();

    /// <summary>Writes a file inside and gives its path.</summary>
    public string Write(string name, ReadOnlySpan<byte> bytes) => _folder.Write(name, bytes);

    /// <summary>Converts into this folder.</summary>
    public ConversionResult Convert(string input, string output, Func<ConversionRequest, ConversionRequest>? change = null) =>
        Converter.Convert((change ?? (request => request))(new ConversionRequest(input, _folder[output])), null,
            TestContext.Current.CancellationToken);

    /// <summary>Sees that a conversion is refused with a code and changes nothing.</summary>
    public InputException Refuses(
        InputCode code, string input, string output, Func<ConversionRequest, ConversionRequest>? change = null, bool makesFolder = true)
    {
        string place = makesFolder ? _folder[output] : System.IO.Path.Combine(_folder.Path, output);
        string[] before = Content();
        var error = Assert.Throws<InputException>(() => Converter.Convert(
            (change ?? (request => request))(new ConversionRequest(input, place)), null, TestContext.Current.CancellationToken));
        Assert.True(error.Code == code, $"{error.Code}: {error.Message}");
        Assert.Equal(before, Content());
        return error;

        string[] Content() => [.. Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Order()];
    }

    /// <summary>A copy of the embedded model.</summary>
    public string Model()
    {
        string origin = Repository.File("weights", "evs-tiny");
        foreach (string file in Directory.EnumerateFiles(origin, "*", SearchOption.AllDirectories))
            File.Copy(file, _folder[System.IO.Path.Combine("model", System.IO.Path.GetRelativePath(origin, file))]);
        return _folder["model"];
    }

    /// <summary>A model without motion modules and vocabulary.</summary>
    public static ModelParts Open(string path) =>
        ModelParts.Open(new ModelRequest(path) { NeedsMotion = false, NeedsTokenizer = false });

    /// <summary>Sees that two models are the same to the bit.</summary>
    public static void AssertSame(ModelParts from, ModelParts to)
    {
        foreach (var (one, other) in from.Networks.Zip(to.Networks))
        {
            Assert.Equal(one.ConfigText(), other.ConfigText());
            Assert.Equal(one.Weights.Names.Order(), other.Weights.Names.Order());
            Assert.All(one.Weights.Names, name => Assert.Equal(Bytes(one.Weights, name), Bytes(other.Weights, name)));
        }

        Assert.Equal(from.ImageScheduler, to.ImageScheduler);
    }

    /// <summary>The stored bytes of a tensor.</summary>
    public static byte[] Bytes(IWeightFile file, string name)
    {
        byte[] bytes = new byte[file.FindStored(name)!.Bytes];
        file.ReadStored(name, bytes);
        return bytes;
    }

    /// <summary>Numbers by formula.</summary>
    public static float[] Values(string name, long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        new FormulaWeights().Read(name, shape, values);
        return values;
    }

    /// <summary>A number as a type keeps it.</summary>
    public static float Rounded(StoredType type, float value)
    {
        byte[] bytes = new byte[type.Bytes()];
        float[] read = new float[1];
        FloatWriter.Write(type, [value], bytes);
        FloatReader.Read(type, bytes, read);
        return read[0];
    }
}
