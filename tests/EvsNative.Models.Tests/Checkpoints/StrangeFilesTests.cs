using System.Diagnostics;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>Each file of a model in turn is something else than a file of its kind: one line at once.</summary>
public sealed class StrangeFilesTests : IDisposable
{
    private static readonly string Folder = Repository.File("weights", "evs-tiny");

    /// <summary>Files that a model may lack, as it does where a folder has their name.</summary>
    private static readonly string[] Optional = ["model_index.json", "scheduler/scheduler_config.json", "motion_adapter/config.json"];

    /// <summary>Files that nothing reads.</summary>
    private static readonly string[] Unread = ["tokenizer/tokenizer_config.json", "tokenizer/special_tokens_map.json"];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_no_such_file_is_refused_at_once(string file)
    {
        foreach (string other in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
            File.CreateSymbolicLink(_folder[Path.GetRelativePath(Folder, other)], other);
        string path = _folder[file];
        File.Delete(path);
        File.CreateSymbolicLink(path, _folder["nowhere"]);
        Refused("dangling link", Unread.Contains(file));
        File.Delete(path);
        File.CreateSymbolicLink(path, path);
        Refused("link to itself", Unread.Contains(file));
        File.Delete(path);
        File.WriteAllBytes(path, []);
        Refused("empty", Unread.Contains(file));
        File.WriteAllBytes(path, new byte[100]);
        Refused("zeros", Unread.Contains(file));
        File.WriteAllBytes(path, [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7919 >> 3))]);
        Refused("noise", Unread.Contains(file));
        File.Delete(path);
        Directory.CreateDirectory(path);
        Refused("folder", Unread.Contains(file) || Optional.Contains(file));
        Directory.Delete(path);
        if (!NamedPipe.TryMake(path)) Assert.Skip("this system has no named pipes");
        Refused("pipe", Unread.Contains(file));
    }

    private void Refused(string what, bool isTaken)
    {
        long start = Stopwatch.GetTimestamp();
        var error = Record.Exception(() => ModelParts.Open(_folder.Path, null).Dispose());
        Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 2, what);
        if (isTaken)
        {
            Assert.True(error is null, $"{what}: {error}");
            return;
        }

        Assert.True(error is InputException, $"{what}: {error}");
        foreach (string line in ((InputException)error).Details.Prepend(error.Message))
        {
            Assert.DoesNotContain(line, char.IsControl);
            Assert.True(line.Length < 300 + (2 * _folder.Path.Length), line);
        }
    }
}
