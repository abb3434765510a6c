using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Reads frames from files of their own, in natural order of their names (frame2 before frame10), as 8-bit RGB and, where one is not
/// opaque, their opacity.
/// </summary>
internal sealed class FolderReader : IFrameReader
{
    private readonly FrameFolder _folder;
    private readonly IStillSource _stills;
    private readonly OpacityPlane? _plane;
    private readonly CancellationToken _cancellation;
    private readonly List<Notice> _notices;
    private readonly List<string> _animated = [];
    private readonly SortedSet<string> _profiles = [];
    private int _next;

    /// <summary>Starts reading.</summary>
    /// <param name="folder">the frames</param>
    /// <param name="cancellation">checked before each file and while one is decoded</param>
    public FolderReader(FrameFolder folder, CancellationToken cancellation)
    {
        (_folder, _cancellation, _notices) = (folder, cancellation, [.. folder.Notices]);
        _stills = Stills(folder, cancellation);
        if (Format.HasAlpha) _plane = new OpacityPlane(Format.Width, Format.Height);
    }

    /// <inheritdoc/>
    public VideoFormat Format => _folder.Format;

    /// <inheritdoc/>
    public string Source => _folder.Source;

    /// <inheritdoc/>
    public int? Frames => _folder.Files.Count;

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices => [.. _notices];

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Alpha => _plane is null ? [] : _plane.Alpha;

    /// <summary>The decoder of a folder's frames.</summary>
    public static IStillSource Stills(FrameFolder folder, CancellationToken cancellation) =>
        folder.IsWebP ? new WebPFiles(folder, cancellation) : new PictureFiles(folder, cancellation);

    /// <inheritdoc/>
    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        _cancellation.ThrowIfCancellationRequested();
        stamp = Format.StampOf(_next);
        if (_next == _folder.Files.Count) return false;
        string file = _folder.Files[_next++];
        var picture = _stills.Next();
        picture.Pixels.CopyTo(rgb);
        _plane?.Take(picture.Opacity, rgb);
        if (picture.IsAnimated) _animated.Add(file);
        if (picture.Profile is { } profile) _profiles.Add(InputText.Quote(profile));
        if (_next == _folder.Files.Count) TellOfContent();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _stills.Dispose();

    /// <summary>What is known only when all frames were decoded.</summary>
    private void TellOfContent()
    {
        if (_animated.Count > 0)
            Tell(NoticeCode.Dropped, $"only the first picture of animated PNG files is read ({FrameNames.List(_animated)})");
        if (_profiles.Count > 0)
        {
            Tell(
                NoticeCode.Changed,
                $"colours are taken for sRGB, colour profile {_profiles.First()} is not applied: convert the frames to sRGB first");
        }
    }

    private void Tell(NoticeCode code, string what) => _notices.Add(new Notice(code, $"{Source}: {what}"));
}
