using EvsNative.Layers;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// Whether a result is a picture at all: what numbers alone would praise, a flat colour or a clip that stands still, is steady and nothing
/// else. Frames pass by in order; the first of either clip is held as long as nothing has changed since.
/// </summary>
internal sealed class ResultDoubts
{
    private const int MostNamed = 4;

    private readonly List<int> _lost = [], _kept = [];
    private readonly Stillness _given = new(), _made = new();
    private bool _isCompared = true, _isEqual = true;
    private int _count;

    /// <summary>Takes the next frame of both clips.</summary>
    /// <param name="before">[H,W,3] of the clip that was given, at the result's size; empty where it is not known</param>
    /// <param name="after">[H,W,3] of the result</param>
    public void Add(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (FlatFrames.IsFlat(after)) (!before.IsEmpty && FlatFrames.IsFlat(before) ? _kept : _lost).Add(_count);
        _count++;
        _made.Add(after);
        _isCompared &= !before.IsEmpty;
        if (!_isCompared) return;
        _given.Add(before);
        _isEqual = _isEqual && after.SequenceEqual(before);
    }

    /// <summary>What looks wrong in the frames so far.</summary>
    public IEnumerable<Notice> Notices()
    {
        if (_lost.Count > 0)
        {
            yield return Doubt(
                $"{Frames(_lost)} of the result {(_lost.Count == 1 ? "is" : "are")} of one flat colour: the picture is lost; "
                + "check the model's files, above all its autoencoder, and a guidance that is not too high");
        }

        if (_kept.Count > 0)
        {
            yield return Doubt(
                $"{Frames(_kept)} of the result {(_kept.Count == 1 ? "is" : "are")} of one flat colour, as in the clip that "
                + "was given: there was nothing to refine");
        }

        if (_lost.Count + _kept.Count > 0 || !_isCompared) yield break;
        if (_isEqual) yield return Doubt("the result equals the clip that was given: nothing was refined");
        else if (_made.Holds && !_given.Holds)
            yield return Doubt($"all {_count} frames of the result are one and the same picture: what moved in the clip stands still");
    }

    private static Notice Doubt(string what) => new(NoticeCode.Suspicious, what);

    private string Frames(List<int> which)
    {
        if (_count == 1) return "the only frame";
        if (which.Count == _count) return $"all {_count} frames";
        string list = string.Join(", ", which.Take(MostNamed)) + (which.Count > MostNamed ? ", ..." : "");
        return $"{which.Count} of {_count} frames ({list}, counted from 0)";
    }

    /// <summary>Whether all frames are the first one again.</summary>
    private sealed class Stillness
    {
        private byte[]? _first;
        private int _count;

        public bool Holds => _count > 1 && _first is not null;

        public void Add(ReadOnlySpan<byte> rgb)
        {
            if (_count++ == 0) _first = rgb.ToArray();
            else if (!rgb.SequenceEqual(_first)) _first = null;
        }
    }
}
