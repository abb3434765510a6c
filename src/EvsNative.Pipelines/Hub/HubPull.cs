using System.Diagnostics;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Pipelines.Hub;

/// <summary>Fetches models from a hub into its cache, where every program finds them: <c>evsnative pull</c>.</summary>
public sealed class HubPull
{
    private const int MostChanges = 2;
    private const long KeptFree = 64 << 20;

    private readonly PullRequest _request;
    private readonly HubName _name;
    private readonly KnownModel? _known;
    private readonly HubEndpoint _endpoint;
    private readonly HubCache _cache;
    private readonly string? _revision;

    private HubPull(PullRequest request)
    {
        if (IsOffline(request)) throw new InputException(InputCode.Network, "HF_HUB_OFFLINE is set, and pull asks a server: unset it");
        _request = request;
        _endpoint = HubEndpoint.Of(request.Endpoint, request.Variable);
        _cache = request.Cache ?? HubCache.OfUser(request.Variable);
        _known = KnownModels.Find(request.Name);
        string address = _endpoint.Address.AbsoluteUri.TrimEnd('/');
        var name = _known?.Place ?? HubName.TryParse(request.Name, address) ?? throw new InputException(
            InputCode.UnknownWord,
            $"{InputText.Quote(request.Name)}: neither owner/name nor a known model{KnownModels.DidYouMean(request.Name)} "
            + "('evsnative pull --list' lists those)");
        if (request.Revision is { } said && name.Revision is { } other && said != other)
            throw new InputException(InputCode.Conflict, $"{name}: --revision {said} says another revision: say one");
        _revision = request.Revision ?? name.Revision;
        if (_revision is { } revision && !HubName.IsRevision(revision))
        {
            throw new InputException(
                InputCode.UnknownWord, $"--revision {InputText.Quote(revision)}: not the name of a branch, a tag or a commit");
        }

        _name = name with { Revision = _revision };
    }

    /// <summary>Fetches what is not there yet.</summary>
    /// <param name="request">what</param>
    /// <param name="watcher">told where it stands</param>
    /// <param name="notices">told what was assumed</param>
    /// <param name="stop">asks to stop; what was fetched stays, and the same request goes on from there</param>
    /// <exception cref="InputException">it cannot be had; the code says whether by name, by network or by this user's rights</exception>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    public static PullResult Run(
        PullRequest request, IProgress<PullStatus>? watcher = null, Action<Notice>? notices = null, CancellationToken stop = default) =>
        new HubPull(request).Run(watcher, notices, stop).GetAwaiter().GetResult();

    private static bool IsOffline(PullRequest request) =>
        request.Variable("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private async Task<PullResult> Run(IProgress<PullStatus>? watcher, Action<Notice>? notices, CancellationToken stop)
    {
        string? token = HubToken.Find(_request.Variable);
        if (token is not null && !_endpoint.IsPrivate)
            notices?.Invoke(new(NoticeCode.Dropped, $"{_endpoint.Address} is not encrypted: the token is not sent there"));
        PullClock? clock = null;
        using var client = new HubClient(_endpoint, token, _request.Times)
        {
            Waiting = what =>
            {
                if (clock is not null) clock.Tell(what);
                else watcher?.Report(new PullStatus(what, 0, 0, 0, null));
            },
        };
        long start = Stopwatch.GetTimestamp();
        for (int changes = 0; ; changes++)
        {
            try
            {
                var listing = await client.List(_name, stop);
                var chosen = HubSelection.Of(listing.Files, _name, _request.Variant ?? _known?.Variant);
                CheckKnown(chosen);
                var store = new HubStore(_cache, _name, listing.Commit, _request.Links);
                var files = new List<HubFile>();
                foreach (var file in chosen)
                    files.Add(file is { Tag: not null, Bytes: not null } ? file : await client.Complete(file, _name, listing.Commit, stop));
                store.Prepare();
                clock = new PullClock(files.Sum(file => file.Bytes ?? 0), watcher);
                var pulled = await Fetch(client, store, listing.Commit, files, clock, stop);
                store.Remember(_revision ?? HubName.MainBranch, listing.Commit);
                bool isOne = _name.File is not null && chosen.Count == 1;
                string place = isOne ? store.Place(chosen[0])
                    : _name.File is { } folder ? Path.Combine(store.Snapshot, folder) : store.Snapshot;
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                return new PullResult($"{_name}", listing.Commit, listing.Licence ?? _known?.Licence, place, pulled, seconds, _known?.Use);
            }
            catch (HubChanged e) when (changes >= MostChanges)
            {
                throw new InputException(
                    InputCode.Network, $"{e.Message}, {changes + 1} times: try again later, or name a commit with --revision", cause: e);
            }
            catch (HubChanged)
            {
                // The list is read anew.
            }
        }
    }

    /// <summary>A file that is known by its hash must be that file.</summary>
    private void CheckKnown(IReadOnlyList<HubFile> files)
    {
        if (_known?.Sha256 is not { } wanted || files is not [{ Hash: HubHash.Sha256, Tag: { } tag } file] || tag == wanted) return;
        throw new InputException(
            InputCode.Mismatch,
            $"{_name.Repository}/{file.Path} is not the file that is known as {_known.Word} (SHA-256 {tag[..12]}, not {wanted[..12]}): "
            + $"to take it all the same, evsnative pull {_name.Repository}/{file.Path}");
    }

    private async Task<IReadOnlyList<PulledFile>> Fetch(
        HubClient client, HubStore store, string commit, List<HubFile> files, PullClock clock, CancellationToken stop)
    {
        bool[] wereThere = [.. files.Select(store.Has)];
        CheckSpace(store, files.Where((_, i) => !wereThere[i]));
        foreach (var (i, file) in files.Index())
        {
            clock.Begin(file.Path);
            if (!wereThere[i])
            {
                using var held = await Wait(store, file, clock, stop);
                // Another program may have fetched it meanwhile.
                if (!store.Has(file))
                {
                    using var download = new HubDownload(client, store, _name, commit, file, clock.Has);
                    await download.Run(stop);
                }
            }

            clock.Has(file.Bytes ?? 0);
        }

        return [.. files.Select((file, i) => new PulledFile(file.Path, file.Bytes, file.Tag!, wereThere[i]))];
    }

    /// <summary>The lock of a file. Whoever holds it is waited for as long as the file grows.</summary>
    private async Task<FileLock> Wait(HubStore store, HubFile file, PullClock clock, CancellationToken stop)
    {
        var (size, grown) = (-1L, Stopwatch.GetTimestamp());
        while (true)
        {
            if (store.Lock(file) is { } held) return held;
            long now = store.PartBytes(file);
            if (now != size) (size, grown) = (now, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(grown) > 2 * _request.Times.Stall)
            {
                throw new InputException(
                    InputCode.NotWritable,
                    $"{store.LockPath(file)}: another program holds this lock and fetches nothing: end it, or delete the lock");
            }

            clock.Tell($"{file.Path}: another program fetches it");
            await Task.Delay(_request.Times.Look, stop);
        }
    }

    private void CheckSpace(HubStore store, IEnumerable<HubFile> files)
    {
        long needed = files.Sum(store.Missing);
        if (needed == 0 || FileSteps.Current.FreeBytes(store.Snapshot) is not { } free || needed + KeptFree <= free) return;
        throw new InputException(
            InputCode.DiskFull,
            $"{_cache.Root}: {Megabytes(needed)} are to come and {Megabytes(free)} are free: "
            + "free some space, or name another folder with HF_HUB_CACHE");

        static string Megabytes(long bytes) => FormattableString.Invariant($"{bytes / 1e6:F0} MB");
    }
}
