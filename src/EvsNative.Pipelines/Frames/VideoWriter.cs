using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Encodes a video by ffmpeg, which gets frames and their times by its standard input, and takes over sound, subtitles, chapters and tags
/// from the file that the clip was read from in the same run. Colours are written and labelled as the clip's are
/// (<see cref="ColorTags"/>), or RGB. Every frame has its time, as exactly as the file can say it. Codecs whose colours are shared by two
/// by two pixels need even sizes: an odd one gets one more column or row that repeats the edge.
/// </summary>
internal sealed class VideoWriter : OutputWriter
{
    private const long NanosecondsOfMillisecond = 1_000_000;

    private static readonly TimeSpan UsualPatience = TimeSpan.FromMinutes(5);

    private readonly string _path;
    private readonly FfmpegTools _tools;
    private readonly PendingFile _pending;
    private readonly EncodingCommand _command;
    private readonly FfmpegProcess _ffmpeg;
    private readonly RawMatroska _stream;
    private readonly StuckWatch _watch;
    private readonly FrameShape _shape;
    private readonly List<Notice> _notices = [];
    private int _written;
    private long _firstTime, _lastTime;
    private bool _isRounded;

    /// <summary>Starts a file.</summary>
    /// <param name="target">the file and how it is written; it appears when it is whole</param>
    /// <param name="format">the frames' size, rate and tags</param>
    /// <param name="force">replace an existing file</param>
    /// <param name="wasAsked">whether the place could be had was asked before the work</param>
    /// <param name="cancellation">kills ffmpeg; nothing is left behind</param>
    /// <param name="tools">the ffmpeg to use; the one of the search path if absent</param>
    /// <param name="patience">how long ffmpeg may do nothing while it is waited for</param>
    /// <exception cref="InputException">the place is taken or cannot be written, or no ffmpeg that encodes this</exception>
    public VideoWriter(
        OutputTarget target, VideoFormat format, bool force, bool wasAsked, CancellationToken cancellation, FfmpegTools? tools = null,
        TimeSpan? patience = null)
        : base(format, cancellation)
    {
        _path = target.Place;
        _tools = tools ?? FfmpegTools.Find();
        var encoder = EncoderChoice.Of(target, format, _tools);
        _shape = new FrameShape(format, encoder);
        _pending = new PendingFile(_path, force, wasAsked);
        try
        {
            var pictures = new EncodingCommand(_tools, target.Container!, encoder, Written, Clock.Unit, Carried: null)
            {
                Recipe = target.Style.Recipe,
            };
            _command = Settle(pictures, target.Style);
            _ffmpeg = new FfmpegProcess(_tools, _command.Arguments(_pending.Temporary), Cancellation, EncoderTalk.IsTalk);
        }
        catch
        {
            _pending.Dispose();
            throw;
        }

        _watch = new StuckWatch(_ffmpeg, _pending.Temporary, patience ?? UsualPatience);
        _stream = new RawMatroska(_ffmpeg.Input);
    }

    /// <inheritdoc/>
    public override VideoFormat Written => Format with { Width = _shape.Width, Height = _shape.Height };

    /// <inheritdoc/>
    public override string Temporary => _pending.Temporary;

    /// <inheritdoc/>
    public override IReadOnlyList<Notice> Notices => [.. _pending.Notices, .. _notices, .. _shape.Notices(_path)];

    /// <summary>Finds out before any work is done whether ffmpeg encodes such a clip: it writes two frames and takes them away.</summary>
    /// <exception cref="InputException">it does not, or the place cannot be written</exception>
    public static void Rehearse(OutputTarget target, VideoFormat format, CancellationToken cancellation)
    {
        var tools = FfmpegTools.Find();
        var encoder = EncoderChoice.Of(target, format, tools);
        var shape = new FrameShape(format, encoder);
        var inside = format with { Width = shape.Width, Height = shape.Height };
        using var pending = new PendingFile(target.Place, force: true, wasAsked: true);
        var command = new EncodingCommand(tools, target.Container!, encoder, inside, new OutputClock(format).Unit, Carried: null);
        if (EncoderTrial.Objection(command, pending.Temporary, cancellation) is not { } objection) return;
        throw new InputException(
            InputCode.ToolFailed,
            $"ffmpeg cannot write {target.Place} with {encoder.Encoder}: {objection}: choose another --codec, or give a folder name to "
            + "write PNG frames");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _watch.Dispose();
        _ffmpeg.Dispose();
        _pending.Dispose();
    }

    /// <inheritdoc/>
    protected override void Put(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> alpha, long time)
    {
        var pixels = _shape.Take(rgb, alpha);
        time = Clock.Nanoseconds(time);
        if (_command.Container.Ticks is > 0 and var ticks) _isRounded |= time * ticks % 1_000_000_000 > 0;
        (_firstTime, _lastTime) = (_written == 0 ? time : _firstTime, time);
        _watch.Begin();
        try
        {
            if (_written == 0)
            {
                _stream.Begin(
                    _shape.Width, _shape.Height, _command.Encoder.HasAlpha, Format.Rate, _command.Carried?.Chapters ?? []);
            }

            _stream.Frame(pixels, time);
            _written++;
        }
        catch (IOException)
        {
            throw Failed();
        }
        finally
        {
            _watch.End();
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        _watch.Begin();
        bool isContent = _ffmpeg.Finish();
        _watch.End();
        if (!isContent || _watch.IsStuck || FfmpegComplaint.DiskFull(_ffmpeg.Said)) throw Failed();
        Cancellation.ThrowIfCancellationRequested();
        ProveWhole();
        SignPng();
        TellTimes();
        _pending.Finish();
    }

    /// <inheritdoc/>
    protected override string Commit() => _pending.Commit();

    /// <summary>With what else belongs to the clip.</summary>
    private EncodingCommand Settle(EncodingCommand command, OutputStyle style)
    {
        if (style.Origin is not { } origin) return command;
        if (OriginFile.Probe(_tools, origin, Cancellation) is not { } file)
        {
            _notices.Add(new Notice(
                NoticeCode.Dropped, $"{_path}: sound, subtitles and chapters are left out: {origin.Path} can no longer be read"));
            return command;
        }

        var settled = new CarryTrial(command, file, _pending.Temporary, Cancellation).Settle();
        _notices.AddRange(settled.Carried!.Notices(_path));
        return settled;
    }

    /// <summary>Why ffmpeg does not go on.</summary>
    private InputException Failed()
    {
        _ffmpeg.Finish();
        Cancellation.ThrowIfCancellationRequested();
        if (FfmpegComplaint.DiskFull(_ffmpeg.Said)) return StorageFault.DiskFull(_path);
        string why = _watch.IsStuck ? $"it took no more frames and did nothing, and was ended after {_written}"
            : FfmpegComplaint.Quote(_ffmpeg.Said);
        return new InputException(
            InputCode.ToolFailed, $"ffmpeg could not write {_path}: {why}: give a folder name to write PNG frames instead");
    }

    private void ProveWhole()
    {
        bool isWebP = _command.Container.Muxer == "webp";
        var found = isWebP ? null : EncodedFile.Probe(_tools, _pending.Temporary, Cancellation);
        int frames = isWebP ? FinishWebP() : found?.Frames ?? 0;
        if (frames != _written)
        {
            throw new InputException(
                InputCode.ToolFailed,
                $"ffmpeg wrote {frames} of {_written} frames to {_path}: try again, or give a folder name to write PNG frames");
        }

        string[] lost = [.. Format.Tags.Keys.Where(name => !IsKept(name, found?.Tags ?? []))];
        if (lost.Length > 0)
        {
            string names = string.Join(", ", lost.Select(name => InputText.Name(name)));
            _notices.Add(new Notice(
                NoticeCode.Dropped, $"{_path}: tags that {_command.Container.Ending} has no place for are left out: {names}"));
        }

        TellColours(found);
        if (_command.Recipe is not null && _command.Container.HoldsTags
            && (_command.RecipeTag is not { } tag || !IsKept(tag.Name, found?.Tags ?? [])))
        {
            _notices.Add(new Notice(
                NoticeCode.Dropped, $"{_path}: its recipe is left out: it is too long for a tag; --json and the report have it"));
        }

        if (_command.Carried?.HasStreams == true && _ffmpeg.Complaints > 0)
        {
            _notices.Add(new Notice(
                NoticeCode.Damaged,
                $"{_path}: while taking over sound and what else there is, ffmpeg complained: {FfmpegComplaint.QuoteFirst(_ffmpeg.Said)}"));
        }
    }

    private void TellColours(EncodedFile? found)
    {
        var encoder = _command.Encoder;
        if (!encoder.Codec.IsYuv || found is null) return;
        if (Format.Colors.IsFull && !encoder.Colors.IsFull)
        {
            _notices.Add(new Notice(
                NoticeCode.Changed,
                $"{_path}: the clip's full range of brightness (0 to 255) becomes 16 to 235, as {encoder.Codec.Word} has it; pictures look "
                + "the same"));
        }

        string[] lost = [.. encoder.Colors.DifferencesTo(found.Colors)];
        if (lost.Length == 0) return;
        _notices.Add(new Notice(
            NoticeCode.Dropped,
            $"{_path}: what the clip says of its colours has no place in {encoder.Codec.Word} in {_command.Container.Ending}: "
            + string.Join(", ", lost)));
    }

    /// <summary>Puts the recipe into an animated PNG, which has a place for texts that ffmpeg does not write.</summary>
    private void SignPng()
    {
        if (_command.Container.Muxer != "apng" || _command.Recipe is not { } recipe) return;
        using var file = new FileStream(_pending.Temporary, FileMode.Open, FileAccess.ReadWrite);
        PngText.Insert(file, RecipeText.Keyword, recipe);
    }

    /// <summary>A word for another language goes with its tag.</summary>
    private static bool IsKept(string name, IReadOnlyCollection<string> kept) =>
        kept.Contains(name, StringComparer.OrdinalIgnoreCase)
        || (name.Split('-') is [var plain, _] && kept.Contains(plain, StringComparer.OrdinalIgnoreCase));

    /// <summary>Equal frames in a row are one in the file, so what is proven is that it lasts until the last one.</summary>
    private int FinishWebP()
    {
        using var file = new FileStream(_pending.Temporary, FileMode.Open, FileAccess.ReadWrite);
        if (_command.LastLength is { } length) WebPAnimation.SetLast(file, (int)Math.Round(length * 1000));
        var lengths = WebPAnimation.Lengths(file);
        long shown = lengths.Sum(part => (long)part) * NanosecondsOfMillisecond;
        return lengths.Count > 0 && shown >= _lastTime - _firstTime - NanosecondsOfMillisecond ? _written : lengths.Count;
    }

    private void TellTimes()
    {
        var container = _command.Container;
        if (!_isRounded || (Clock.IsEven && container.Ticks >= 1000)) return;
        _notices.Add(new Notice(
            NoticeCode.Changed, $"{_path}: times are rounded to 1/{container.Ticks} s, as {container.Ending} counts them"));
    }
}
