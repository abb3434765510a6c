using EvsNative.Layers;

namespace EvsNative.Pipelines.Tests.Storage;

/// <summary>What killed runs leave: the next one to the same place takes it away, and nothing else.</summary>
public sealed class LeftoverTests : IDisposable
{
    private static readonly FolderContent Texts = new("texts", "", entry => entry.EndsWith(".txt", StringComparison.Ordinal));

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("page.html")]
    [InlineData("ein sehr langer Name, länger als zweiunddreißig Buchstaben.html")]
    public void The_next_run_to_the_same_place_takes_it_away_and_says_so(string name)
    {
        Killed(name);
        Killed("other.html");
        string[] left = _folder.Names();
        Assert.Equal(2, left.Length);
        using (var pending = new PendingFile(_folder[name], force: false))
        {
            var notice = Assert.Single(pending.Notices);
            Assert.Equal(NoticeCode.CleanedUp, notice.Code);
            Assert.Contains(_folder[name], notice.Message, StringComparison.Ordinal);
        }

        Assert.Equal(left.Where(folder => folder.StartsWith(".other", StringComparison.Ordinal)), _folder.Names());
    }

    [Fact]
    public void A_run_that_lives_is_left_alone()
    {
        using PendingFile one = new(_folder["page.html"], force: true), other = new(_folder["page.html"], force: true);
        one.Fill("one"u8);
        other.Fill("other"u8);
        Assert.Empty(Leftovers.Sweep(_folder["page.html"]));
        one.Commit();
        other.Commit();
        Assert.Empty(one.Notices);
        Assert.Empty(other.Notices);
        Assert.Equal("other", File.ReadAllText(_folder["page.html"]));
    }

    [Fact]
    public void What_looks_alike_and_is_not_ours_stays()
    {
        Killed("page.html");
        string name = Assert.Single(_folder.Names());
        string[] names = [name[..^5] + "z.tmp", name[..^5] + "y.tmp", name[..^5] + "x.tmp"];
        Directory.CreateDirectory(_folder[names[0]]);
        File.WriteAllText(_folder[names[0] + "/new"], "no lock is beside it");
        File.WriteAllText(_folder[names[1]], "a file");
        Directory.CreateDirectory(_folder["home"]);
        File.WriteAllText(_folder["home/lock"], "");
        File.WriteAllText(_folder["home/new"], "at the end of a link");
        Directory.CreateSymbolicLink(_folder[names[2]], _folder["home"]);
        Assert.Single(Leftovers.Sweep(_folder["page.html"]));
        Assert.Equal(names.Append("home").Order(StringComparer.Ordinal), _folder.Names());
        Assert.Equal("at the end of a link", File.ReadAllText(_folder["home/new"]));
    }

    [Fact]
    public void One_that_was_killed_before_it_had_its_lock_goes_too()
    {
        Killed("page.html");
        string name = Assert.Single(_folder.Names());
        Directory.Delete(_folder[name], recursive: true);
        Directory.CreateDirectory(_folder[name]);
        Assert.Single(Leftovers.Sweep(_folder["page.html"]));
        Assert.Empty(_folder.Names());
    }

    [Fact]
    public void A_strangers_file_that_a_killed_run_moved_is_named_and_stays()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs a system that exchanges names: Linux.");
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(_folder["out/a.txt"], "old");
        // It comes before the exchange, and the process is killed before it looks through what came out.
        using (new WatchedSteps(failing: 4)
        {
            IsKill = true,
            Before = step =>
            {
                if (step == 3) File.WriteAllText(_folder["out/thesis.tex"], "years of work");
                if (step == 3) Replaced = true;
            },
        })
        {
            using var pending = new PendingFolder(_folder["out"], force: true, Texts);
            File.WriteAllText(Path.Combine(pending.Temporary, "a.txt"), "new");
            Assert.Throws<InputException>(pending.Commit);
        }

        Assert.True(Replaced);
        string line = Assert.Single(Leftovers.Sweep(_folder["out"], Texts)).Message;
        string thesis = Assert.Single(Directory.GetFiles(_folder.Path, "thesis.tex", SearchOption.AllDirectories));
        Assert.Contains(Path.GetDirectoryName(thesis)!, line, StringComparison.Ordinal);
    }

    private bool Replaced { get; set; }

    private void Killed(string name)
    {
        using var steps = new WatchedSteps(failing: 0) { IsKill = true };
        Assert.Throws<InputException>(() => PendingFile.WriteAll(_folder[name], "half of it"u8, force: true));
    }
}
