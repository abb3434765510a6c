using System.Diagnostics;
using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Work;

/// <summary>
/// Who is at what, among processes that share a folder, on one machine or on several. A claim is a file that only one process can make; it
/// names its worker. A worker shows that it lives by a file that it changes every second. One whose file stands still for some time, by the
/// observer's own clock, is gone, and its claims may be taken: no clocks are compared, and no process numbers, which mean nothing on
/// another machine.
/// </summary>
internal sealed class SharedClaims : IDisposable
{
    private readonly string _claims, _workers, _me, _myFile;
    private readonly TimeSpan _patience;
    private readonly Timer _heart;
    private readonly Dictionary<string, (string Beat, Stopwatch Since)> _seen = [];
    private long _beats;

    /// <summary>Joins a run.</summary>
    /// <param name="folder">the run's, where it can be written</param>
    /// <param name="patience">how long a worker may be still before it counts as gone; 30 s unless given</param>
    public SharedClaims(RunFolder folder, TimeSpan? patience = null) : this(folder.Claims, folder.Workers, patience) { }

    /// <summary>Joins those who share two folders.</summary>
    /// <param name="claims">where claims are</param>
    /// <param name="workers">where workers show that they live</param>
    /// <param name="patience">how long a worker may be still before it counts as gone; 30 s unless given</param>
    public SharedClaims(string claims, string workers, TimeSpan? patience = null)
    {
        (_claims, _workers, _patience) = (claims, workers, patience ?? TimeSpan.FromSeconds(30));
        // Machines in containers may all be called the same: the random part tells them apart.
        _me = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
        _myFile = Path.Combine(workers, _me);
        Directory.CreateDirectory(claims);
        Directory.CreateDirectory(workers);
        Beat();
        _heart = new Timer(_ => TryBeat(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>This worker, as claims name it.</summary>
    public string Name => _me;

    /// <summary>Whether somebody else lives.</summary>
    public bool HasOthers => Directory.EnumerateFiles(_workers).Select(Path.GetFileName).Any(name => name != _me && !IsGone(name!));

    /// <summary>Takes a claim, if it is free or its worker is gone.</summary>
    public bool TryTake(string unit)
    {
        string path = Path.Combine(_claims, unit);
        for (int tries = 0; tries < 2; tries++)
        {
            if (Make(path)) return true;
            string? owner = Read(path);
            if (owner == _me) return true;
            if (owner is null || !IsGone(owner)) return false;
            // Renaming is one step: of several who see that the owner is gone, one gets the file.
            string mine = $"{path}.{_me}";
            try
            {
                File.Move(path, mine);
            }
            catch (Exception e) when (StorageFault.Is(e))
            {
                return false;
            }

            // Between the look and the move a third one may have taken it over; then it is put back.
            if (Read(mine) != owner)
            {
                if (!Rename.ToFree(mine, path)) UnitFile.Delete(mine);
                return false;
            }

            UnitFile.Delete(mine);
        }

        return false;
    }

    /// <summary>Gives a claim back.</summary>
    public void Release(string unit)
    {
        string path = Path.Combine(_claims, unit);
        if (Read(path) == _me) UnitFile.Delete(path);
    }

    /// <summary>Waits a second.</summary>
    public static void Pause(CancellationToken cancellation)
    {
        cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
        cancellation.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _heart.Dispose();
        try
        {
            foreach (string claim in Directory.EnumerateFiles(_claims))
                if (Read(claim) == _me) UnitFile.Delete(claim);
            UnitFile.Delete(_myFile);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            // The folder is gone: so are the claims.
        }
    }

    /// <summary>Whether a worker has been still for too long; the first look only begins to count.</summary>
    private bool IsGone(string worker)
    {
        string path = Path.Combine(_workers, worker);
        // A worker that ended in good order took its file away.
        if (!File.Exists(path)) return true;
        string beat = Read(path) ?? "";
        lock (_seen)
        {
            if (!_seen.TryGetValue(worker, out var last) || last.Beat != beat)
            {
                _seen[worker] = (beat, Stopwatch.StartNew());
                return false;
            }

            return last.Since.Elapsed > _patience;
        }
    }

    private bool Make(string path)
    {
        // The name appears with its content: a claim that is read half-written would be nobody's.
        string temporary = $"{path}.{_me}.new";
        try
        {
            // The last worker took the folders away while this one began.
            Directory.CreateDirectory(_claims);
            File.WriteAllText(temporary, _me);
            if (Rename.ToFree(temporary, path)) return true;
            UnitFile.Delete(temporary);
            return false;
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            UnitFile.Delete(temporary);
            throw StorageFault.Writing(e, _claims);
        }
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            return null;
        }
    }

    private void Beat()
    {
        Directory.CreateDirectory(_workers);
        File.WriteAllText(_myFile, (++_beats).ToString(CultureInfo.InvariantCulture));
    }

    private void TryBeat()
    {
        try
        {
            Beat();
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            // A full disk or a network that is away: the next beat may come through, and others may take over meanwhile, which harms
            // nothing.
        }
    }
}
