using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Tests.Work;

/// <summary>What a run folder keeps, for whom, and when it goes.</summary>
public sealed class FolderWorkStoreTests : IDisposable
{
    private static readonly RunRecipe Recipe = new(new Dictionary<string, string> { ["strength"] = "0.4", ["clip"] = "1234" });

    private readonly ScratchFolder _folder = new();

    private RunFolder Run => new(_folder["out.mp4.evs-run"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_goes_on_with_what_an_earlier_one_kept()
    {
        using (var first = Open())
        {
            first.Keep(Unit(0), [1, 2, 3]);
            first.Keep(Unit(16), [4]);
        }

        using var second = Open();
        Assert.Equal(2, second.Inherited);
        byte[] result = new byte[3];
        Assert.True(second.Has(Unit(0)) && second.TryFetch(Unit(0), result));
        Assert.Equal<byte>([1, 2, 3], result);
        Assert.False(second.Has(Unit(32)) || second.TryFetch(Unit(32), result));
    }

    [Fact]
    public void A_short_run_writes_nothing_and_still_finds_its_results()
    {
        using var store = Open(TimeSpan.FromHours(1));
        store.Keep(Unit(0), [1, 2, 3]);
        byte[] result = new byte[3];
        Assert.True(store.TryFetch(Unit(0), result));
        Assert.Equal<byte>([1, 2, 3], result);
        Assert.False(store.TryFetch(Unit(0), new byte[2]));
        Assert.Empty(_folder.Names());
        store.Finish(keepsFolder: false);
        Assert.Empty(_folder.Names());
    }

    [Fact]
    public void What_waits_is_written_on_request_and_when_it_is_much()
    {
        using var store = Open(TimeSpan.FromHours(1));
        store.Keep(Unit(0), [1]);
        store.Flush();
        Assert.True(File.Exists(Run.UnitPath($"{Unit(0)}")));
        store.Keep(Unit(16), new byte[65 << 20]);
        Assert.True(File.Exists(Run.UnitPath($"{Unit(16)}")));
    }

    [Fact]
    public void What_is_forgotten_is_deleted_or_never_written()
    {
        using var store = Open(TimeSpan.FromHours(1));
        store.Keep(Unit(0), [1]);
        store.Flush();
        store.Keep(Unit(16), [2]);
        store.Keep(Unit(32), [3]);
        store.Forget(unit => unit.First < 32);
        store.Flush();
        Assert.Equal([$"{Unit(32)}"], Run.UnitNames());
    }

    [Fact]
    public void A_damaged_result_counts_as_not_there()
    {
        using var store = Open();
        store.Keep(Unit(0), [1, 2, 3]);
        string path = Run.UnitPath($"{Unit(0)}");
        byte[] whole = File.ReadAllBytes(path);
        whole[^1] ^= 1;
        File.WriteAllBytes(path, whole);
        Assert.False(store.TryFetch(Unit(0), new byte[3]));
        File.WriteAllBytes(path, whole[..^2]);
        Assert.False(store.Has(Unit(0)));
    }

    [Fact]
    public void Another_recipe_is_named_and_starts_anew_only_on_request()
    {
        using (var first = Open()) first.Keep(Unit(0), [1]);
        var other = new RunRecipe(new Dictionary<string, string> { ["strength"] = "0.5", ["clip"] = "1234", ["window"] = "16" });
        var error = Assert.Throws<InputException>(() => new FolderWorkStore(Run, other, TimeSpan.Zero));
        Assert.Equal(InputCode.Conflict, error.Code);
        Assert.Contains("strength is 0.5 and was 0.4; window is 16 and was not there", error.Message, StringComparison.Ordinal);
        Assert.Contains("--restart", error.Message, StringComparison.Ordinal);
        using (var again = Open()) Assert.Equal(1, again.Inherited);
        using var anew = new FolderWorkStore(Run, other, TimeSpan.Zero, restarts: true);
        Assert.Equal(0, anew.Inherited);
    }

    [Fact]
    public void Two_runs_that_do_not_share_keep_apart()
    {
        using var first = Open();
        using var early = Open();
        first.Keep(Unit(0), [1]);
        Assert.Equal(InputCode.Exists, Assert.Throws<InputException>(() => Open()).Code);
        early.Keep(Unit(0), [2]);
        Assert.Contains("another run", Assert.Single(early.Notices).Message, StringComparison.Ordinal);
        byte[] result = new byte[1];
        Assert.True(first.TryFetch(Unit(0), result));
        Assert.Equal(1, result[0]);
    }

    [Fact]
    public void A_finished_run_leaves_nothing_but_what_others_put_there()
    {
        Directory.CreateDirectory(Run.Path);
        File.WriteAllText(Path.Combine(Run.Path, "mine.txt"), "");
        var store = Open();
        store.Keep(Unit(0), [1]);
        store.Finish(keepsFolder: false);
        Assert.Equal("mine.txt", Path.GetFileName(Assert.Single(Directory.EnumerateFileSystemEntries(Run.Path))));
        File.Delete(Path.Combine(Run.Path, "mine.txt"));
        store = Open();
        store.Keep(Unit(0), [1]);
        store.Finish(keepsFolder: true);
        Assert.Equal([Run.Path], RunFolder.In(_folder.Path).Select(run => run.Path));
        Assert.True(Run.Bytes > 0);
        Open().Finish(keepsFolder: false);
        Assert.Empty(_folder.Names());
    }

    [Fact]
    public void A_folder_whose_result_has_its_place_is_taken_away()
    {
        Assert.False(IsSwept(() => { }));
        Assert.False(IsSwept(() => { }, isAnnounced: false, isPlaced: true));
        Assert.True(IsSwept(() => { }, isPlaced: true));
        // What was at the place before is no result.
        File.WriteAllText(_folder["out.mp4"], "earlier");
        Assert.False(IsSwept(() => { }));
        Assert.True(IsSwept(() => { }, isPlaced: true));
        // A run that began anew, or goes on, is not taken for the one that ended.
        Assert.False(IsSwept(() => Open().Dispose(), isPlaced: true));
        FolderWorkStore? living = null;
        Assert.False(IsSwept(() =>
        {
            living = Open();
            FinishedRun.Mark(Run, _folder["nowhere"]);
            File.WriteAllText(_folder["nowhere"], "result");
        }));
        living!.Finish(keepsFolder: false);
        Assert.False(Directory.Exists(Run.Path));
        // All but the folder itself was deleted.
        Directory.CreateDirectory(Run.Path);
        Assert.NotNull(FinishedRun.Sweep(Run));
        Assert.False(Directory.Exists(Run.Path));
    }

    [Fact]
    public void A_full_disk_is_told_and_what_was_kept_stays()
    {
        using var disk = SmallDisk.Create(_folder["disk"], kilobytes: 1024);
        var run = new RunFolder(_folder["disk/run"]);
        using (var store = new FolderWorkStore(run, Recipe, TimeSpan.Zero))
        {
            store.Keep(Unit(0), new byte[100_000]);
            Assert.Equal(InputCode.DiskFull, Assert.Throws<InputException>(() => store.Keep(Unit(16), new byte[2_000_000])).Code);
        }

        using var again = new FolderWorkStore(run, Recipe, TimeSpan.Zero);
        Assert.True(again.TryFetch(Unit(0), new byte[100_000]));
        Assert.False(again.Has(Unit(16)));
    }

    [Fact]
    public void In_a_shared_run_a_unit_is_one_process_s()
    {
        using var one = new FolderWorkStore(Run, Recipe, TimeSpan.FromHours(1), isShared: true);
        using var other = new FolderWorkStore(Run, Recipe, TimeSpan.FromHours(1), isShared: true);
        Assert.True(one.TryClaim(Unit(0)));
        Assert.False(other.TryClaim(Unit(0)));
        Assert.True(other.TryClaim(Unit(16)));
        one.Keep(Unit(0), [7]);
        byte[] result = new byte[1];
        Assert.True(other.TryFetch(Unit(0), result));
        Assert.Equal(7, result[0]);
        one.Finish(keepsFolder: false);
        Assert.True(Run.IsThere);
        other.Finish(keepsFolder: false);
        Assert.False(Directory.Exists(Run.Path));
    }

    /// <summary>A run is killed near its end, then something happens, then the folder is looked at.</summary>
    private bool IsSwept(Action then, bool isAnnounced = true, bool isPlaced = false)
    {
        if (Directory.Exists(Run.Path)) Run.Delete();
        using (var store = new FolderWorkStore(Run, Recipe, TimeSpan.Zero) { Result = _folder["out.mp4"] })
        {
            store.Keep(Unit(0), [1]);
            if (isAnnounced) store.Announce(keepsFolder: false);
            if (isPlaced) File.WriteAllText(_folder["out.mp4"], $"result {Guid.NewGuid()}{new string('x', Random.Shared.Next(1000))}");
        }

        then();
        bool wasSwept = FinishedRun.Sweep(Run) is { Code: NoticeCode.CleanedUp };
        Assert.Equal(!wasSwept, Directory.Exists(Run.Path));
        return wasSwept;
    }

    private static WorkUnit Unit(int first) => new(UnitKind.Predicted, 1, 3, false, first, 16);

    private FolderWorkStore Open(TimeSpan interval = default) => new(Run, Recipe, interval);
}
