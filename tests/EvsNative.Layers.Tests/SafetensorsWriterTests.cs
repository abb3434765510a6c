using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back()
    {
        string path = _folder["m.safetensors"];
        float[] a = new Draw(3).Normals(24), b = new Draw(4).Normals(40_001), single = [7];
        SafetensorsPlan[] plan =
        [
            new("a.weight", [2, 3, 4]), new("b", [40_001], StoredType.F16), new("é \"quoted\"", []), new("none", [0, 4]),
        ];
        var metadata = new Dictionary<string, string> { ["format"] = "pt", ["note"] = "two\nlines" };
        using (var writer = new SafetensorsWriter(path, plan, metadata))
        {
            writer.Append(a);
            writer.Append(b);
            writer.Append(single);
            writer.Append([]);
            Assert.False(File.Exists(path));
            writer.Complete();
        }

        using var file = SafetensorsFile.Open(path);
        Assert.Equal("two\nlines", file.Metadata["note"]);
        Assert.Equal([2, 3, 4], file.FindShape("a.weight", []));
        Assert.Equal(a, file.Values("a.weight"));
        Assert.Equal([.. b.Select(v => (float)(Half)v)], file.Values("b"));
        Assert.Equal(single, file.Values("é \"quoted\""));
        Assert.Empty(file.Values("none"));
        Assert.Equal(StoredType.F16, file.Tensors["b"].Type);
    }

    [Fact]
    public void Saving_replaces_an_older_file()
    {
        string path = _folder.Write("m.safetensors", [1, 2, 3]);
        SafetensorsWriter.Save(path, [("x", [2], [1, 2])]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal([1, 2], file.Values("x"));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void An_abandoned_file_leaves_nothing_behind()
    {
        string path = _folder.Write("m.safetensors", [1, 2, 3]);
        using (var writer = new SafetensorsWriter(path, [new("x", [1]), new("y", [1])]))
        {
            writer.Append([1]);
            Assert.Throws<InvalidOperationException>(writer.Complete);
        }

        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Values_that_do_not_fit_the_plan_are_refused()
    {
        using var writer = new SafetensorsWriter(_folder["m.safetensors"], [new("x", [2, 2])]);
        Assert.Throws<ArgumentException>(() => writer.Append([1, 2, 3]));
        writer.Append([1, 2, 3, 4]);
        Assert.Throws<InvalidOperationException>(() => writer.Append([1]));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        string path = Path.Combine(_folder.Path, "nowhere", "m.safetensors");
        var error = Assert.Throws<InputException>(() => new SafetensorsWriter(path, []));
        Assert.Equal(InputCode.NotWritable, error.Code);
        Assert.StartsWith($"cannot write {path}: ", error.Message, StringComparison.Ordinal);
    }
}
