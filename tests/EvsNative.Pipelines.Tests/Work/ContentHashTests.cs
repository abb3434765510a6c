using EvsNative.Layers;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Tests.Work;

/// <summary>A changed input has another hash.</summary>
public sealed class ContentHashTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_byte_and_any_name_counts()
    {
        byte[] content = new byte[200_000];
        File.WriteAllBytes(_folder["a"], content);
        string file = ContentHash.Of(_folder["a"]), folder = ContentHash.Of(_folder.Path);
        Assert.Equal(file, ContentHash.Of(_folder["a"]));
        content[123_456] = 1;
        File.WriteAllBytes(_folder["a"], content);
        Assert.NotEqual(file, ContentHash.Of(_folder["a"]));
        Assert.NotEqual(folder, ContentHash.Of(_folder.Path));
        content[123_456] = 0;
        File.WriteAllBytes(_folder["a"], content);
        Assert.Equal(folder, ContentHash.Of(_folder.Path));
        File.Move(_folder["a"], _folder["b"]);
        Assert.Equal(file, ContentHash.Of(_folder["b"]));
        Assert.NotEqual(folder, ContentHash.Of(_folder.Path));
    }

    [Fact]
    public void Of_a_large_file_length_time_and_samples_count()
    {
        string path = _folder["large"];
        using (var file = File.Create(path)) file.SetLength(ContentHash.WholeBytes + 10);
        string before = ContentHash.Of(path);
        Assert.Equal(before, ContentHash.Of(path));
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        string older = ContentHash.Of(path);
        Assert.NotEqual(before, older);
        using (var file = File.OpenWrite(path)) file.WriteByte(1);
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.NotEqual(older, ContentHash.Of(path));
    }

    [Fact]
    public void What_is_not_there_is_told() =>
        Assert.Equal(InputCode.NotFound, Assert.Throws<InputException>(() => ContentHash.Of(_folder["none"])).Code);
}
