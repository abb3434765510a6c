using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Hub;

/// <summary>Models of a hub's cache, found by their names.</summary>
public sealed class HubCacheTests : IDisposable
{
    private const string Old = "1111111111111111111111111111111111111111", New = "2222222222222222222222222222222222222222";

    private readonly TemporaryFolder _folder = new();
    private readonly List<Notice> _told = [];

    private string Root => Path.Combine(_folder.Path, "hub");

    private HubCache Cache => new(Root);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("HF_HUB_CACHE=/a HUGGINGFACE_HUB_CACHE=/b HF_HOME=/c XDG_CACHE_HOME=/d", "/a")]
    [InlineData("HUGGINGFACE_HUB_CACHE=/b HF_HOME=/c XDG_CACHE_HOME=/d", "/b")]
    [InlineData("HF_HOME=/c XDG_CACHE_HOME=/d", "/c/hub")]
    [InlineData("XDG_CACHE_HOME=/d HF_HUB_CACHE=", "/d/huggingface/hub")]
    [InlineData("HF_HUB_CACHE=~/x", "HOME/x")]
    [InlineData("", "HOME/.cache/huggingface/hub")]
    public void The_users_cache_is_where_the_hubs_programs_have_it(string variables, string wanted)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=')).ToDictionary(pair => pair[0],
            pair => pair[1]);
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string found = HubCache.OfUser(set.GetValueOrDefault).Root.Replace('\\', '/');
        Assert.Equal(wanted.Replace("HOME", home.Replace('\\', '/'), StringComparison.Ordinal), found);
    }

    [Fact]
    public void The_main_branch_is_meant_where_nothing_is_said()
    {
        string old = Put(Old, "unet/config.json"), other = Put(New, "unet/config.json");
        _folder.Write("hub/models--a--b/refs/main", "1111111111111111111111111111111111111111\n"u8);
        Directory.SetLastWriteTimeUtc(other, DateTime.UtcNow.AddHours(1));
        Assert.Equal(old, Resolve("a/b"));
        Assert.Equal(Path.Combine(old, "unet", "config.json"), Resolve("a/b/unet/config.json"));
        Assert.Equal(Path.Combine(old, "unet"), Resolve("https://huggingface.co/a/b/tree/main/unet"));
        Assert.Empty(_told);
    }

    [Theory]
    [InlineData("a/b@v1", New)]
    [InlineData("a/b@refs/pr/7", Old)]
    [InlineData("a/b@" + Old, Old)]
    [InlineData("a/b@22222", New)]
    [InlineData("a/b@11111111/x.json", Old)]
    public void A_revision_is_a_branch_a_tag_or_a_commit(string name, string commit)
    {
        Put(Old, "x.json");
        Put(New, "x.json");
        _folder.Write("hub/models--a--b/refs/v1", "2222222222222222222222222222222222222222"u8);
        _folder.Write("hub/models--a--b/refs/refs/pr/7", "1111111111111111111111111111111111111111"u8);
        string found = Resolve(name);
        Assert.Equal(commit, Path.GetFileName(name.EndsWith(".json", StringComparison.Ordinal) ? Path.GetDirectoryName(found)! : found));
    }

    [Fact]
    public void Without_a_word_on_the_main_branch_the_newest_is_taken_and_said()
    {
        Put(Old, "x.json");
        Assert.EndsWith(Old, Resolve("a/b"), StringComparison.Ordinal);
        Assert.Empty(_told);
        Directory.SetLastWriteTimeUtc(Put(New, "x.json"), DateTime.UtcNow.AddHours(1));
        Assert.EndsWith(New, Resolve("a/b"), StringComparison.Ordinal);
        Assert.Equal(NoticeCode.Assumed, Assert.Single(_told).Code);
    }

    [Fact]
    public void A_file_that_only_an_older_snapshot_has_is_taken_from_there_and_said()
    {
        Put(Old, "x.json");
        Put(New, "y.json");
        _folder.Write("hub/models--a--b/refs/main", "2222222222222222222222222222222222222222"u8);
        Assert.Contains(Old, Resolve("a/b/x.json"), StringComparison.Ordinal);
        Assert.Contains(Old, Assert.Single(_told).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Capitals_do_not_matter() =>
        Assert.Equal(Path.Combine(Put(Old, "UNet/x.json", "models--A--B"), "UNet", "x.json"), Resolve("a/b/unet/X.json"));

    [Fact]
    public void The_folder_of_a_cache_means_its_snapshot()
    {
        string snapshot = Put(Old, "x.json"), repository = Path.Combine(Root, "models--a--b");
        foreach (string path in new[] { repository, repository + "/", Path.Combine(repository, "snapshots") })
            Assert.Equal(snapshot, ModelPath.Resolve(path, Cache));
        Assert.Equal(snapshot, ModelPath.Resolve(snapshot, Cache));
        Directory.Delete(snapshot, recursive: true);
        var e = Assert.Throws<InputException>(() => ModelPath.Resolve(repository, Cache));
        Assert.Equal(InputCode.Incomplete, e.Code);
        Assert.EndsWith("evsnative pull a/b", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/c", "evsnative pull a/c")]
    [InlineData("a/b/absent.bin", "evsnative pull a/b/absent.bin")]
    [InlineData("a/b@v9", "evsnative pull a/b@v9")]
    public void What_was_not_fetched_is_told_with_the_command_for_it(string name, string command)
    {
        Put(Old, "x.json");
        var e = Assert.Throws<InputException>(() => Resolve(name));
        Assert.Equal(InputCode.NotFound, e.Code);
        Assert.Contains(Root, e.Message, StringComparison.Ordinal);
        Assert.EndsWith(command, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_behind_which_nothing_is_is_named()
    {
        string link = Path.Combine(Put(Old, "x.json"), "y.json");
        File.CreateSymbolicLink(link, "../../blobs/gone");
        var e = Assert.Throws<InputException>(() => Resolve("a/b/y.json"));
        Assert.Equal(InputCode.NotFound, e.Code);
        Assert.Contains("gone", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("./x/y")]
    [InlineData("models/x.safetensors")]
    [InlineData("x\0y")]
    [InlineData("/nowhere/at/all")]
    [InlineData("https://civitai.com/models/4201")]
    public void A_path_stays_a_path(string given) => Assert.Equal(given, Resolve(given));

    [Fact]
    public void What_lies_on_the_disk_wins()
    {
        Put(Old, "x.json");
        string there = _folder.Write("a/b", "here"u8), before = Environment.CurrentDirectory;
        Assert.Equal(there, Resolve(there));
        Assert.NotEqual(before, there);
    }

    private string Resolve(string given) => ModelPath.Resolve(given, Cache, _told);

    /// <summary>A file in a snapshot; the snapshot.</summary>
    private string Put(string commit, string file, string repository = "models--a--b")
    {
        _folder.Write($"hub/{repository}/snapshots/{commit}/{file}", "{}"u8);
        return Path.Combine(Root, repository, "snapshots", commit);
    }
}
