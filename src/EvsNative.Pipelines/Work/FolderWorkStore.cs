using System.Diagnostics;
using EvsNative.Layers;
using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Work;

/// <summary>
/// Keeps the results of units in a run folder. Results wait in memory until some seconds of work are together, so that short runs write
/// nothing; what is forgotten before is never written. In a run that several processes share each result is written at once, and a unit
/// belongs to who claims it.
/// </summary>
internal sealed class FolderWorkStore : IWorkStore, IDisposable
{
    /// <summary>More than this is not held back.</summary>
    private const long MostWaitingBytes = 64L << 20;

    private readonly RunFolder _folder;
    private readonly RunRecipe _recipe;
    private readonly TimeSpan _interval;
    private readonly SharedClaims? _claims;
    private readonly Dictionary<WorkUnit, byte[]> _waiting = [];
    private readonly Stopwatch _unkept = Stopwatch.StartNew();
    private readonly List<Notice> _notices = [];
    private readonly Stopwatch _lived = Stopwatch.StartNew();
    private FileLock? _lock;
    private bool _isMade, _isOff;
    private long _waitingBytes;

    /// <summary>Opens a run, or prepares to begin one.</summary>
    /// <param name="folder">where</param>
    /// <param name="recipe">of this run</param>
    /// <param name="interval">work that may be lost; zero to write every result at once</param>
    /// <param name="isShared">whether other processes may work at the same run</param>
    /// <param name="restarts">whether an unfinished run of another recipe is thrown away</param>
    /// <exception cref="InputException">an unfinished run of another recipe is there, or another process is at it</exception>
    public FolderWorkStore(RunFolder folder, RunRecipe recipe, TimeSpan interval, bool isShared = false, bool restarts = false)
    {
        (_folder, _recipe, _interval) = (folder, recipe, isShared ? TimeSpan.Zero : interval);
        if (folder.IsThere && !isShared && !TryLock())
        {
            throw new InputException(
                InputCode.Exists, $"another run is at {folder.Path}: wait for it, or let both work at it together with --share");
        }

        try
        {
            _isMade = Inherit(folder, recipe, restarts);
            if (!isShared) return;
            folder.Create(recipe);
            (_isMade, _claims) = (true, new SharedClaims(folder));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Results that were there when the run was opened.</summary>
    public int Inherited { get; private set; }

    /// <summary>Where the result of the run goes, a full path without links; null where nobody can look for it there.</summary>
    public string? Result { get; init; }

    /// <summary>The folder.</summary>
    public RunFolder Folder => _folder;

    /// <summary>What there is to say.</summary>
    public IReadOnlyList<Notice> Notices => _notices;

    /// <inheritdoc/>
    public bool Has(in WorkUnit unit) => _waiting.ContainsKey(unit) || (_isMade && UnitFile.LooksWhole(_folder.UnitPath($"{unit}")));

    /// <inheritdoc/>
    public bool TryFetch(in WorkUnit unit, Span<byte> result)
    {
        if (_waiting.TryGetValue(unit, out byte[]? held))
        {
            if (held.Length != result.Length) return false;
            held.CopyTo(result);
            return true;
        }

        if (!_isMade) return false;
        string path = _folder.UnitPath($"{unit}");
        if (UnitFile.TryRead(path, $"{unit}", result)) return true;
        // What is there and not whole would be found again and again.
        UnitFile.Delete(path);
        return false;
    }

    /// <inheritdoc/>
    public bool Wants(in WorkUnit unit) => !_isOff;

    /// <inheritdoc/>
    public bool TryClaim(in WorkUnit unit)
    {
        if (_claims is null) return true;
        if (!_claims.TryTake($"{unit}")) return false;
        if (!Has(unit)) return true;
        // It became whole between the caller's look and the claim.
        _claims.Release($"{unit}");
        return false;
    }

    /// <summary>Whether this process is the one that writes the result of a shared run.</summary>
    public bool TryClaimResult() => _claims is null || _claims.TryTake("result");

    /// <inheritdoc/>
    public void Keep(in WorkUnit unit, ReadOnlySpan<byte> result)
    {
        if (_isOff) return;
        if (_waiting.Remove(unit, out byte[]? earlier)) _waitingBytes -= earlier.Length;
        _waiting[unit] = result.ToArray();
        _waitingBytes += result.Length;
        if (_unkept.Elapsed >= _interval || _waitingBytes > MostWaitingBytes) Flush();
    }

    /// <inheritdoc/>
    public void Wait(in WorkUnit unit, CancellationToken cancellation)
    {
        if (_claims is not null && !Has(unit)) SharedClaims.Pause(cancellation);
    }

    /// <inheritdoc/>
    public void Forget(Predicate<WorkUnit> isDone)
    {
        foreach (var unit in _waiting.Keys.Where(unit => isDone(unit)).ToArray())
        {
            _waitingBytes -= _waiting[unit].Length;
            _waiting.Remove(unit);
        }

        if (!_isMade) return;
        foreach (string name in _folder.UnitNames().ToArray())
        {
            if (WorkUnitName.TryParse(name, out var unit) && isDone(unit)) UnitFile.Delete(_folder.UnitPath(name));
        }
    }

    /// <summary>Writes what waits: called when a run is stopped in good order, so that nothing is lost.</summary>
    /// <exception cref="InputException">the disk is full or failed</exception>
    public void Flush()
    {
        _unkept.Restart();
        if (_waiting.Count == 0) return;
        _folder.Create(_recipe);
        if (_claims is null && !TryLock())
        {
            TurnOff();
            return;
        }

        _isMade = true;
        _folder.Attempt(() =>
        {
            foreach (var (unit, result) in _waiting.ToArray())
            {
                string path = _folder.UnitPath($"{unit}");
                UnitFile.Write(path, $"{unit}", result, $"{path}.{Guid.NewGuid():N}.tmp");
                _claims?.Release($"{unit}");
                _waitingBytes -= result.Length;
                _waiting.Remove(unit);
            }

            FolderFlush.Do(_folder.Units);
        });
        _unkept.Restart();
    }

    /// <summary>
    /// The run was ended before its time: what it has is written, unless so little was done that nothing was to be kept yet.
    /// </summary>
    /// <returns>whether there is something to go on with</returns>
    public bool Stop()
    {
        try
        {
            if (_isMade || _lived.Elapsed >= _interval) Flush();
            return _isMade && !_isOff && _folder.UnitNames().Any();
        }
        catch (InputException)
        {
            // The disk is full or gone: what led here says more.
            return _isMade && _folder.UnitNames().Any();
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>The result takes its place next: a kill behind that leaves a folder that is known to be of no more use.</summary>
    /// <param name="keepsFolder">whether it is to stay all the same</param>
    public void Announce(bool keepsFolder)
    {
        if (_isMade && !keepsFolder && Result is not null) FinishedRun.Mark(_folder, Result);
    }

    /// <summary>The run has ended well: the folder goes, unless others are still at it or it is to stay.</summary>
    /// <exception cref="InputException">it cannot be deleted</exception>
    public void Finish(bool keepsFolder)
    {
        _waiting.Clear();
        bool othersAreAtIt = _claims?.HasOthers == true;
        Dispose();
        // What a killed run had left of a folder goes too.
        if (!keepsFolder && !othersAreAtIt && (_isMade || !_folder.IsThere)) _folder.Delete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _claims?.Dispose();
        _lock?.Dispose();
        _lock = null;
    }

    /// <summary>Looks at what is there; true if this run goes on with it.</summary>
    private bool Inherit(RunFolder folder, RunRecipe recipe, bool restarts)
    {
        if (!folder.IsThere) return false;
        if (restarts)
        {
            folder.Delete();
            return false;
        }

        var differences = recipe.DifferencesTo(folder.Recipe()!);
        if (differences.Count > 0)
        {
            throw new InputException(
                InputCode.Conflict,
                $"an unfinished run to the same place was begun otherwise: {string.Join("; ", differences.Take(4))}"
                + $"{(differences.Count > 4 ? $" and {differences.Count - 4} more" : "")}: say the same again to go on with it, or "
                + $"--restart to throw it away ({folder.Path})");
        }

        FinishedRun.Unmark(folder);
        foreach (string stray in Directory.EnumerateFiles(folder.Units, "*.tmp")) UnitFile.Delete(stray);
        Inherited = folder.UnitNames().Count();
        return true;
    }

    /// <summary>A second run to the same place that began before the first one had anything to keep: it goes on by itself.</summary>
    private void TurnOff()
    {
        (_isOff, _waitingBytes) = (true, 0);
        _waiting.Clear();
        string line = $"another run keeps its work in {_folder.Path}: what this one has done is lost if it is stopped";
        _notices.Add(new Notice(NoticeCode.Changed, line));
    }

    private bool TryLock() => _lock is not null
        || (_lock = File.Exists(_folder.LockFile) ? FileLock.Take(_folder.LockFile) : FileLock.Create(_folder.LockFile)) is not null;
}
