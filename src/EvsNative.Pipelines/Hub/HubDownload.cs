using System.Net;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Pipelines.Hub;

/// <summary>
/// Fetches one file: goes on where an earlier try or an earlier run ended, believes no length and no hash, and leaves either the whole
/// right file or a part to go on from.
/// </summary>
internal sealed class HubDownload : IDisposable
{
    private const int BufferBytes = 1 << 18;

    private readonly HubClient _client;
    private readonly HubStore _store;
    private readonly HubName _name;
    private readonly string _commit;
    private readonly HubFile _file;
    private readonly Action<long> _progress;
    private readonly string _part;

    private HubDigest _digest;
    private string? _version;
    private long _have;
    private bool _refusesParts;

    /// <summary>Prepares it; nothing is asked for yet.</summary>
    /// <param name="client">the hub</param>
    /// <param name="store">where the file goes; its lock is held</param>
    /// <param name="name">the repository</param>
    /// <param name="commit">the commit</param>
    /// <param name="file">the file</param>
    /// <param name="progress">told how many of its bytes are there</param>
    public HubDownload(HubClient client, HubStore store, HubName name, string commit, HubFile file, Action<long> progress)
    {
        (_client, _store, _name, _commit, _file, _progress) = (client, store, name, commit, file, progress);
        _part = store.Part(file);
        _digest = NewDigest();
    }

    private string Where => $"{_name.Repository}/{_file.Path}";

    /// <summary>Fetches, tries and places the file.</summary>
    /// <exception cref="InputException">the server does not keep its word, or the disk failed</exception>
    /// <exception cref="HubChanged">the repository holds another file by now</exception>
    public async Task Run(CancellationToken stop)
    {
        Resume(stop);
        bool isSecond = _have == 0;
        while (true)
        {
            await _client.Persist(() => Attempt(stop), () => _have, stop);
            string? digits = _digest.Digits();
            if (digits is null || digits == _file.Tag) break;
            Restart();
            // What an earlier run left may have been wrong.
            if (isSecond)
            {
                File.Delete(_part);
                throw new InputException(
                    InputCode.Damaged,
                    $"{Where}: what came is not what the hub lists ({digits[..12]}, not {_file.Tag![..12]}) and was not kept: try later");
            }

            isSecond = true;
        }

        _store.Finish(_file);
    }

    /// <inheritdoc/>
    public void Dispose() => _digest.Dispose();

    /// <summary>Git's hash begins with the size.</summary>
    private HubDigest NewDigest() =>
        new(_file.Hash == HubHash.GitBlob && _file.Bytes is null ? HubHash.None : _file.Hash, _file.Bytes ?? 0);

    /// <summary>Takes up what an earlier run left.</summary>
    private void Resume(CancellationToken stop)
    {
        if (!OrdinaryFile.Exists(_part) || _file.Bytes is null) return;
        using var handle = OrdinaryFile.Open(_part);
        if (RandomAccess.GetLength(handle) > _file.Bytes) return;
        byte[] buffer = new byte[BufferBytes];
        for (int read; (read = RandomAccess.Read(handle, buffer, _have)) > 0; _have += read)
        {
            stop.ThrowIfCancellationRequested();
            _digest.Add(buffer.AsSpan(0, read));
            _progress(_have + read);
        }
    }

    private void Restart()
    {
        _digest.Dispose();
        (_digest, _have) = (NewDigest(), 0);
        _progress(0);
    }

    private async Task<bool> Attempt(CancellationToken stop)
    {
        if (_have > 0 && _have == _file.Bytes) return true;
        if (_refusesParts) Restart();
        using var answer = await _client.Get(_name, _commit, _file, _have, stop);
        Check(answer);
        using var body = await answer.Open(stop);
        using var part = OpenPart();
        byte[] buffer = new byte[BufferBytes];
        for (int read; (read = await _client.Read(body, buffer, stop)) > 0;)
        {
            if (_have + read > (_file.Bytes ?? long.MaxValue)) throw Lies($"sends more than the {_file.Bytes} bytes that it lists");
            Write(part, buffer.AsSpan(0, read));
            _digest.Add(buffer.AsSpan(0, read));
            _have += read;
            _progress(_have);
        }

        return _file.Bytes is null || _have == _file.Bytes ? true : throw new HubTrouble("breaks the connection off");
    }

    /// <summary>Whether the answer is of this file and begins where it should; from its beginning it may always come.</summary>
    private void Check(HubAnswer answer)
    {
        string? tag = answer.LinkedTag ?? answer.Tag;
        bool isHash = _file.Hash != HubHash.None && tag is not null && HubFile.HashOf(tag) == _file.Hash;
        if (isHash && tag != _file.Tag) throw new HubChanged($"{Where} changed while it was fetched");
        bool isNewVersion = _version is not null && answer.Tag is not null && answer.Tag != _version;
        _version = answer.Tag ?? _version;
        if (answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            _refusesParts = true;
            throw new HubTrouble("does not send the rest of a file");
        }

        if (answer.Status == HttpStatusCode.PartialContent)
        {
            bool isRest = answer.From == _have && answer.Packing is null && (answer.Whole ?? _file.Bytes) == (_file.Bytes ?? answer.Whole);
            if (isRest && !isNewVersion) return;
            _refusesParts = !isRest;
            Restart();
            throw new HubTrouble(isRest ? "sends another version of the file" : "sends another part than was asked for");
        }

        if (_have > 0) Restart();
        if (answer.Packing is null && answer.Length is { } length && _file.Bytes is { } bytes && length != bytes)
            throw Lies($"wants to send {length} bytes where it lists {bytes}");
    }

    private InputException Lies(string what) => new(InputCode.Network, $"{Where}: the server {what}: try again later, or check --endpoint");

    private FileStream OpenPart()
    {
        try
        {
            var part = new FileStream(_part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
            try
            {
                part.SetLength(_have);
                part.Position = _have;
                return part;
            }
            catch
            {
                part.Dispose();
                throw;
            }
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _part);
        }
    }

    /// <summary>A full disk is not left full.</summary>
    private void Write(FileStream part, ReadOnlySpan<byte> bytes)
    {
        try
        {
            part.Write(bytes);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            part.Dispose();
            File.Delete(_part);
            throw StorageFault.Writing(e, _part);
        }
    }
}
