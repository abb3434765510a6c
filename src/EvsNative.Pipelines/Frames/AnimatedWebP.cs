using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// A moving WebP file that was looked at. Most versions of ffmpeg cannot read it, but all read its frames as stills: they are laid on their
/// canvas here. Each is decoded once to look for damage and for transparent pixels.
/// </summary>
internal sealed class AnimatedWebP
{
    /// <summary>Durations that browsers take for a tenth of a second, and that.</summary>
    private const int TooShort = 10, Instead = 100;

    private readonly List<Notice> _notices = [];
    private readonly TimeSpan[] _stamps;

    /// <summary>Looks at a file.</summary>
    /// <param name="path">an ordinary file</param>
    /// <param name="name">what messages call it</param>
    /// <param name="choice">which frames are wanted; the rate is not changed here</param>
    /// <param name="cancellation">stops it</param>
    /// <exception cref="InputException">it is damaged, too large, or there is no ffmpeg</exception>
    public AnimatedWebP(string path, string name, ClipChoice choice, CancellationToken cancellation)
    {
        (Path, Name, Tools) = (path, name, FfmpegTools.Find());
        File = Parse(OrdinaryFile.ReadAll(path, InputLimits.PictureBytes, "a picture"), name);
        if (File.IsCut)
            Damage($"it is cut off behind frame {File.Frames.Count - 1}", choice);
        int shortened = File.Frames.Count(frame => frame.Milliseconds <= TooShort);
        if (shortened > 0)
        {
            Tell(
                NoticeCode.Assumed,
                $"{shortened} of {File.Frames.Count} frames last {TooShort} ms or less: {Instead} are taken, as browsers do");
        }

        long milliseconds = 0;
        _stamps = new TimeSpan[File.Frames.Count];
        for (int i = 0; i < _stamps.Length; i++)
        {
            _stamps[i] = TimeSpan.FromMilliseconds(milliseconds);
            milliseconds += Shown(File.Frames[i]);
        }

        const int thousand = 1000;
        var rate = milliseconds < int.MaxValue && _stamps.Length < int.MaxValue / thousand
            ? new Rational(thousand * _stamps.Length, (int)milliseconds)
            : throw new InputException(InputCode.TooLarge, $"{name} has too many frames, or shows them for days: use a shorter clip");
        Part = ClipPart.Of(_stamps, choice, name, _notices);
        Format = new VideoFormat(File.Width, File.Height, rate) { TimeBase = new Rational(1, thousand) };
        Format = Format with { HasAlpha = IsTransparent(cancellation) };
        if (Format.HasAlpha) Tell(NoticeCode.Changed, VideoClip.Transparency);
    }

    /// <summary>The file's place.</summary>
    public string Path { get; }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>The ffmpeg that decodes its frames.</summary>
    public FfmpegTools Tools { get; }

    /// <summary>Its frames.</summary>
    public WebPFile File { get; }

    /// <summary>The frames that are wanted.</summary>
    public ClipPart Part { get; }

    /// <summary>Size and rate.</summary>
    public VideoFormat Format { get; }

    /// <summary>What is changed, assumed or damaged.</summary>
    public IReadOnlyList<Notice> Notices => _notices;

    /// <summary>When the wanted frames are shown.</summary>
    public TimeSpan[] Stamps => [.. _stamps[Part.First..Part.End].Select(stamp => stamp - Part.From)];

    /// <summary>When the last wanted frame is no longer shown, on the clock of <see cref="Stamps"/>.</summary>
    public TimeSpan Ending => _stamps[Part.End - 1] + TimeSpan.FromMilliseconds(Shown(File.Frames[Part.End - 1])) - Part.From;

    /// <summary>Whether a file is one, by its first bytes.</summary>
    public static bool Is(string path)
    {
        using var handle = OrdinaryFile.Open(path);
        byte[] start = new byte[WebPFile.StartBytes];
        return WebPFile.IsMoving(start.AsSpan(0, RandomAccess.Read(handle, start, 0)));
    }

    private static long Shown(WebPFrame frame) => frame.Milliseconds <= TooShort ? Instead : frame.Milliseconds;

    private static WebPFile Parse(byte[] bytes, string name)
    {
        try
        {
            var (width, height, _) = WebPFile.Size(bytes);
            ProbedVideo.CheckSize(name, width, height);
            return WebPFile.Read(bytes);
        }
        catch (InvalidDataException e)
        {
            throw new InputException(
                InputCode.Damaged, $"{name} is not a readable WebP file ({e.Message}): download or export it again", cause: e);
        }
    }

    /// <summary>Decodes all frames, and cuts the clip at one that cannot be.</summary>
    private bool IsTransparent(CancellationToken cancellation)
    {
        bool isTransparent = false;
        using var canvas = new AnimatedWebPCanvas(this, cancellation);
        for (int i = 0; i < Part.End; i++)
        {
            if (!canvas.TryNext())
            {
                throw new InputException(
                    InputCode.Damaged,
                    $"{Name}: frame {i} of {_stamps.Length}, or the next, cannot be decoded ({canvas.Complaint()}): export it again, or "
                    + $"read what comes before with --end {i}f");
            }

            isTransparent |= i >= Part.First && canvas.IsTransparent;
        }

        return isTransparent;
    }

    private void Damage(string what, ClipChoice choice)
    {
        if (!choice.AcceptsDamage)
            throw new InputException(InputCode.Damaged, $"{Name}: {what}: get it whole, or take what there is with --accept-damaged");
        Tell(NoticeCode.Damaged, what);
    }

    private void Tell(NoticeCode code, string what) => _notices.Add(new Notice(code, $"{Name}: {what}"));
}
