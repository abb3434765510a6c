using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>Images in a row and the text that they attend to.</summary>
/// <param name="Words">[1,1,J,T] for all of them, or [N,1,J,T] with one for each</param>
/// <param name="Images">how many images; 0 for all that there are, in a context of this run alone</param>
public readonly record struct TextRun(Tensor Words, int Images = 0);

/// <summary>
/// The text that images attend to: one for all, or one for each run of them. Texts may differ in length; none is padded to another's, so
/// an image sees what it would see if its text were the only one. Two contexts of the same tensors and counts are equal.
/// </summary>
public sealed class TextContext : IEquatable<TextContext>
{
    private readonly TextRun[] _runs;

    /// <summary>A text for each run of images.</summary>
    /// <param name="runs">in the images' order; at least one</param>
    public TextContext(params IReadOnlyList<TextRun> runs)
    {
        if (runs.Count == 0) throw new ArgumentException("text: no runs");
        if (runs.Count > 1 && runs.Any(run => run.Images < 1)) throw new ArgumentException("text: a run of no images beside others");
        _runs = [.. runs];
    }

    /// <summary>The runs, in the images' order.</summary>
    public IReadOnlyList<TextRun> Runs => _runs;

    /// <summary>One text for all images, or [N,1,J,T] with one for each.</summary>
    public static implicit operator TextContext(Tensor words) => FromTensor(words);

    /// <summary>One text for all images, or [N,1,J,T] with one for each.</summary>
    public static TextContext FromTensor(Tensor words) => new([new TextRun(words)]);

    /// <summary>The runs of so many images, each with its count.</summary>
    /// <exception cref="ArgumentException">the runs are of another number of images</exception>
    public IReadOnlyList<TextRun> Of(int images)
    {
        if (_runs is [{ Images: 0 } all]) return [all with { Images = images }];
        int count = _runs.Sum(run => run.Images);
        return count == images ? _runs : throw new ArgumentException($"text: runs of {count} images for {images}");
    }

    /// <summary>The part of images <paramref name="first"/> .. <paramref name="first"/> + <paramref name="count"/> - 1.</summary>
    public TextContext Slice(int first, int count)
    {
        if (_runs is [{ Images: 0, Words: var all }]) return all.Shape.N == 1 ? this : all.Images(first, count);
        var part = new List<TextRun>();
        int begin = 0;
        foreach (var run in _runs)
        {
            int from = Math.Max(first, begin), to = Math.Min(first + count, begin + run.Images);
            if (from < to) part.Add(new TextRun(run.Words.Shape.N == 1 ? run.Words : run.Words.Images(from - begin, to - from), to - from));
            begin += run.Images;
        }

        return new TextContext(part);
    }

    /// <inheritdoc/>
    public bool Equals(TextContext? other) => other is not null && _runs.Select(Key).SequenceEqual(other._runs.Select(Key));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TextContext);

    /// <inheritdoc/>
    public override int GetHashCode() => _runs.Aggregate(0, (hash, run) => HashCode.Combine(hash, Key(run)));

    private static (DeviceBuffer Buffer, long Offset, Shape Shape, int Images) Key(TextRun run) =>
        (run.Words.Buffer, run.Words.Offset, run.Words.Shape, run.Images);
}
