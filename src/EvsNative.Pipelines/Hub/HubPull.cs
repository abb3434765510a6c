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
    private readonly KnownModel? _known, _limited;
    private readonly HubEndpoint _endpoint;
    private readonly HubCache _cache;
    private readonly string? _revision;

    private HubPull(PullRequest request)
    {
        _known = KnownModels.Find(request.Name);
        if (_known is { Place: null })
        {
            string licence = _known.Terms is { } terms ? $" ({terms})" : "";
            throw new InputException(
                InputCode.NotFound, $"{_known.Word}{licence} lies on no hub: {_known.Elsewhere}, and give it with {_known.Use}");
        }

        if (IsOffline(request)) throw new InputException(InputCode.Network, "HF_HUB_OFFLINE is set, and pull asks a server: unset it");
        _request = request;
        _endpoint = HubEndpoint.Of(request.Endpoint, request.Variable);
        _cache = request.Cache ?? HubCache.OfUser(request.Variable);
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
        _limited = KnownModels.Limited(_name);
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

    /// <summary>
    /// What is to be accepted before anything is fetched, by <see cref="PullRequest.AcceptsLicence"/>; null if nothing is, or if everything
    /// is there already.
    /// </summary>
    /// <inheritdoc cref="Run(PullRequest, IProgress{PullStatus}?, Action{Notice}?, CancellationToken)"/>
    public static PullTerms? Terms(PullRequest request, IProgress<PullStatus>? watcher = null, CancellationToken stop = default) =>
        new HubPull(request).Terms(watcher, stop).GetAwaiter().GetResult();

    private static bool IsOffline(PullRequest request) =>
        request.Variable("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private async Task<PullTerms?> Terms(IProgress<PullStatus>? watcher, CancellationToken stop)
    {
        if (_limited is null) return null;
        using var client = Client(HubToken.Find(_request.Variable), what => watcher?.Report(new PullStatus(what, 0, 0, 0, null)));
        var listing = await client.List(_name, stop);
        return Terms(Store(listing), await Choose(client, listing, stop));
    }

    private PullTerms? Terms(HubStore store, IReadOnlyList<HubFile> files)
    {
        HubFile[] missing = [.. files.Where(file => !store.Has(file))];
        return _limited?.Terms is not { } terms || missing.Length == 0 ? null
            : new PullTerms($"{_name}", terms, _limited.Page ?? $"{_endpoint.Page(_name)}", missing.Sum(file => file.Bytes ?? 0));
    }

    private async Task<PullResult> Run(IProgress<PullStatus>? watcher, Action<Notice>? notices, CancellationToken stop)
    {
        string? token = HubToken.Find(_request.Variable);
        if (token is not null && !_endpoint.IsPrivate)
            notices?.Invoke(new(NoticeCode.Dropped, $"{_endpoint.Address} is not encrypted: the token is not sent there"));
        PullClock? clock = null;
        using var client = Client(token, what =>
        {
            if (clock is not null) clock.Tell(what);
            else watcher?.Report(new PullStatus(what, 0, 0, 0, null));
        });
        long start = Stopwatch.GetTimestamp();
        for (int changes = 0; ; changes++)
        {
            try
            {
                var listing = await client.List(_name, stop);
                var files = await Choose(client, listing, stop);
                var store = Store(listing);
                CheckAccepted(store, files);
                store.Prepare();
                clock = new PullClock(files.Sum(file => file.Bytes ?? 0), watcher);
                var pulled = await Fetch(client, store, listing.Commit, files, clock, stop);
                store.Remember(_revision ?? HubName.MainBranch, listing.Commit);
                bool isOne = _name.File is not null && files.Count == 1;
                string place = isOne ? store.Place(files[0])
                    : _name.File is { } folder ? Path.Combine(store.Snapshot, folder) : store.Snapshot;
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                return new PullResult($"{_name}", listing.Commit, listing.Licence ?? _known?.Licence, place, pulled, seconds, _known?.Use)
                {
                    Terms = _limited?.Terms,
                };
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

    private HubClient Client(string? token, Action<string> waiting) => new(_endpoint, token, _request.Times) { Waiting = waiting };

    private HubStore Store(HubListing listing) => new(_cache, _name, listing.Commit, _request.Links);

    /// <summary>The files to fetch, each with its size and tag.</summary>
    private async Task<List<HubFile>> Choose(HubClient client, HubListing listing, CancellationToken stop)
    {
        var chosen = HubSelection.Of(listing.Files, _name, _request.Variant ?? _known?.Variant);
        CheckKnown(chosen);
        var files = new List<HubFile>();
        foreach (var file in chosen)
            files.Add(file is { Tag: not null, Bytes: not null } ? file : await client.Complete(file, _name, listing.Commit, stop));
        return files;
    }

    /// <summary>A licence that limits what may be done is accepted before, not after.</summary>
    private void CheckAccepted(HubStore store, IReadOnlyList<HubFile> files)
    {
        if (_request.AcceptsLicence || Terms(store, files) is not { } terms) return;
        throw new InputException(
            InputCode.NotAccepted,
            $"{terms.Name}: fetched once its licence is accepted, {terms.Licence}: read it on {terms.Page}, then say --accept-licence");
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
