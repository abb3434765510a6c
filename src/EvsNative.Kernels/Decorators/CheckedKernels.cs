namespace EvsNative.Kernels.Decorators;

/// <summary>
/// Shape rules, once, in front of every backend. A broken rule is an <see cref="ArgumentException"/> of the form
/// <c>operation: what is, what was expected (at module path)</c>. Nothing is allocated unless a rule is broken.
/// </summary>
/// <param name="inner">the next in line</param>
/// <param name="path">the module that computes</param>
/// <param name="isDry">weights may come without values</param>
public sealed partial class CheckedKernels(IKernels inner, Func<string> path, bool isDry = false) : IKernels
{
    /// <inheritdoc/>
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage)
    {
        const string op = nameof(Pack);
        if (shape.Out < 1 || shape.In < 1) throw Broken(op, $"filter {shape} is empty, every size is at least 1");
        if (shape.Kernel is not (1 or 3)) throw Broken(op, $"filter {shape} has kernel {shape.Kernel}, 1 or 3 was expected");
        if (shape.Sections is < 1 or > 3 || shape.Out % shape.Sections != 0)
            throw Broken(op, $"filter {shape} in {shape.Sections} sections, 1, 2 or 3 equal ones were expected");
        if (shape.IsGated && (shape.Out % 2 != 0 || shape.Sections != 1))
            throw Broken(op, $"gated filter {shape} of {shape.Sections} sections, an even number of channels in one section was expected");
        if (shape.Kernel != 1 && (shape.IsGated || shape.Sections != 1)) throw Broken(op, $"filter {shape} is gated or in sections, its kernel must be 1");
        if (weights.Length != shape.Count && !(isDry && weights.IsEmpty))
            throw Broken(op, $"{weights.Length} values do not fill {shape}, {shape.Count} were expected");
        return inner.Pack(shape, weights, storage);
    }

    /// <inheritdoc/>
    public void Conv2d(Tensor y, Tensor x, Tensor? x2, Filter filter, in ConvGeometry geometry, in Epilogue epilogue)
    {
        const string op = nameof(Conv2d);
        var (s, f) = (x.Shape, filter.Shape);
        Plain(op, f);
        SamePixels(op, x, x2);
        SameType(op, "x", x, x2, "x2");
        int channels = s.C + (x2?.Shape.C ?? 0);
        if (channels != f.In) throw Broken(op, $"x with {channels} channels does not fit filter {f}, {f.In} were expected");
        if (geometry.Stride is not (1 or 2)) throw Broken(op, $"stride {geometry.Stride}, 1 or 2 was expected");
        if (geometry.Upsampled is { } size && (size.H < 1 || size.W < 1)) throw Broken(op, $"enlarged to {size.H} x {size.W}, at least one pixel was expected");
        var (h, w) = geometry.Upsampled ?? (s.H, s.W);
        int before = geometry.Padding == ConvPadding.Same ? f.Kernel / 2 : 0, added = before + (f.Kernel / 2) - f.Kernel;
        if (h + added < 0 || w + added < 0) throw Broken(op, $"x of {h} x {w} pixels is smaller than the window of filter {f}");
        Is(op, "y", y, new Shape(s.N, ((h + added) / geometry.Stride) + 1, ((w + added) / geometry.Stride) + 1, f.Out));
        Apart(op, y, x, "x");
        Apart(op, y, x2, "x2");
        Fits(op, y, epilogue);
        inner.Conv2d(y, x, x2, filter, geometry, epilogue);
    }

    /// <inheritdoc/>
    public void Linear(Tensor y, Tensor x, Filter filter, in Epilogue epilogue)
    {
        const string op = nameof(Linear);
        Plain(op, filter.Shape);
        Product(op, "y", y, x, filter.Shape, filter.Shape.Out);
        Fits(op, y, epilogue);
        inner.Linear(y, x, filter, epilogue);
    }

    /// <inheritdoc/>
    public void LinearSplit(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias)
    {
        const string op = nameof(LinearSplit);
        var f = filter.Shape;
        if (f.IsGated) throw Broken(op, $"filter {f} is gated, a plain one was expected");
        if (ys.Length != f.Sections) throw Broken(op, $"{ys.Length} destinations for a filter of {f.Sections} sections, one for each was expected");
        for (int i = 0; i < ys.Length; i++)
        {
            Product(op, "a destination", ys[i], x, f, f.Out / f.Sections);
            Is(op, "a destination", ys[i], ys[0].Shape);
            SameType(op, "a destination", ys[i], ys[0], "another");
            Apart(op, ys[i], bias, "bias");
            for (int j = 0; j < i; j++) Apart(op, ys[i], ys[j], "another destination");
        }

        IsVector(op, "bias", bias, f.Out);
        IsFloat32(op, "bias", bias);
        inner.LinearSplit(ys, x, filter, bias);
    }

    /// <inheritdoc/>
    public void LinearGeglu(Tensor y, Tensor x, Filter filter, Tensor? bias)
    {
        const string op = nameof(LinearGeglu);
        if (!filter.Shape.IsGated) throw Broken(op, $"filter {filter.Shape} is not gated, a gated one was expected");
        Product(op, "y", y, x, filter.Shape, filter.Shape.Out / 2);
        IsVector(op, "bias", bias, filter.Shape.Out);
        IsFloat32(op, "bias", bias);
        Apart(op, y, bias, "bias");
        inner.LinearGeglu(y, x, filter, bias);
    }

    /// <inheritdoc/>
    public void Attention(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options)
    {
        const string op = nameof(Attention);
        Shape s = q.Shape, t = k.Shape;
        Is(op, "y", y, s);
        Is(op, "v", v, t);
        if (options.Heads < 1 || s.C % options.Heads != 0) throw Broken(op, $"{s.C} channels do not divide into {options.Heads} heads");
        if (t.C != s.C) throw Broken(op, $"k {k} does not fit the channels of q {q}");
        if (options.Axis == SequenceAxis.Frames)
        {
            Is(op, "k", k, s);
            if (options.Frames < 1 || s.N % options.Frames != 0) throw Broken(op, $"{s.N} images do not divide into videos of {options.Frames} frames");
            if (options.IsCausal) throw Broken(op, "causal along frames, tokens were expected");
        }
        else
        {
            if (t.N != s.N && t.N != 1) throw Broken(op, $"k {k} has {t.N} images, {s.N} or 1 were expected");
            if (options.IsCausal && t.Pixels != s.Pixels) throw Broken(op, $"causal with {t.Pixels} keys, {s.Pixels} as in q were expected");
        }

        if (options.Blend is { } blend)
        {
            Is(op, "inverted q", blend.Inverted, s);
            SameType(op, "y", y, blend.Inverted, "inverted q");
            Apart(op, y, blend.Inverted, "inverted q");
            if (!(blend.Gamma is >= 0 and <= 1)) throw Broken(op, $"gamma {blend.Gamma}, 0..1 was expected");
        }

        SameType(op, "y", y, q, "q");
        SameType(op, "y", y, k, "k");
        SameType(op, "y", y, v, "v");
        Apart(op, y, q, "q");
        Apart(op, y, k, "k");
        Apart(op, y, v, "v");
        inner.Attention(y, q, k, v, options);
    }

    /// <inheritdoc/>
    public void GroupNorm(Tensor y, Tensor x, Tensor? x2, Tensor weight, Tensor bias, int groups, float eps, Activation activation)
    {
        const string op = nameof(GroupNorm);
        SamePixels(op, x, x2);
        int channels = x.Shape.C + (x2?.Shape.C ?? 0);
        Is(op, "y", y, x.Shape with { C = channels });
        if (groups < 1 || channels % groups != 0) throw Broken(op, $"{channels} channels do not divide into {groups} groups");
        if (!(eps >= 0)) throw Broken(op, $"eps {eps}, 0 or more was expected");
        IsVector(op, "weight", weight, channels);
        IsVector(op, "bias", bias, channels);
        Norm(op, y, x, weight, bias);
        SameType(op, "y", y, x2, "x2");
        if (x2 is null) SameOrApart(op, y, x, "x");
        else Apart(op, y, x, "x");
        Apart(op, y, x2, "x2");
        Apart(op, y, weight, "weight");
        Apart(op, y, bias, "bias");
        inner.GroupNorm(y, x, x2, weight, bias, groups, eps, activation);
    }

    /// <inheritdoc/>
    public void LayerNorm(Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage)
    {
        const string op = nameof(LayerNorm);
        int channels = x.Shape.C;
        Is(op, "y", y, x.Shape);
        if (!(eps >= 0)) throw Broken(op, $"eps {eps}, 0 or more was expected");
        IsVector(op, "weight", weight, channels);
        IsVector(op, "bias", bias, channels);
        Norm(op, y, x, weight, bias);
        IsFloat32(op, "perImage", perImage);
        if (perImage is { } p) Is(op, "perImage", p, Shape.Vector(channels) with { N = p.Shape.N });
        SameOrApart(op, y, x, "x");
        Apart(op, y, weight, "weight");
        Apart(op, y, bias, "bias");
        Apart(op, y, perImage, "perImage");
        inner.LayerNorm(y, x, weight, bias, eps, perImage);
    }

    /// <inheritdoc/>
    public void Embed(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids)
    {
        const string op = nameof(Embed);
        var (s, t, p) = (y.Shape, table.Shape, positions.Shape);
        if (s.H != 1) throw Broken(op, $"y {y} is not [N,1,J,C]");
        if (ids.Length != s.Rows) throw Broken(op, $"{ids.Length} ids for y {y}, {s.Rows} were expected");
        Is(op, "table", table, new Shape(1, 1, t.W, s.C));
        Is(op, "positions", positions, new Shape(1, 1, Math.Max(p.W, s.W), s.C));
        IsFloat32(op, "table", table);
        IsFloat32(op, "positions", positions);
        foreach (int id in ids)
            if ((uint)id >= (uint)t.W) throw Broken(op, $"id {id}, 0..{t.W - 1} was expected");
        Apart(op, y, table, "table");
        Apart(op, y, positions, "positions");
        inner.Embed(y, table, positions, ids);
    }

    /// <inheritdoc/>
    public void Combine(Tensor y, float a, Tensor x, float b, Tensor? x2, float c, Tensor? x3)
    {
        const string op = nameof(Combine);
        if (x2 is null && b != 0) throw Broken(op, $"b {b} without x2, 0 was expected");
        if (x3 is null && c != 0) throw Broken(op, $"c {c} without x3, 0 was expected");
        Term(op, y, x, "x");
        if (x2 is { } second) Term(op, y, second, "x2");
        if (x3 is { } third) Term(op, y, third, "x3");
        inner.Combine(y, a, x, b, x2, c, x3);
    }

    /// <inheritdoc/>
    public void Activate(Tensor y, Tensor x, Activation activation)
    {
        Is(nameof(Activate), "y", y, x.Shape);
        SameOrApart(nameof(Activate), y, x, "x");
        inner.Activate(y, x, activation);
    }

    /// <inheritdoc/>
    public void Copy(Tensor y, Tensor x)
    {
        if (y.Shape.Count != x.Shape.Count) throw Broken(nameof(Copy), $"y {y} does not hold as many elements as x {x}");
        Apart(nameof(Copy), y, x, "x");
        inner.Copy(y, x);
    }

    /// <inheritdoc/>
    public void Resize(Tensor y, Tensor x, Interpolation interpolation)
    {
        Is(nameof(Resize), "y", y, y.Shape with { N = x.Shape.N, C = x.Shape.C });
        SameType(nameof(Resize), "y", y, x, "x");
        Apart(nameof(Resize), y, x, "x");
        inner.Resize(y, x, interpolation);
    }

    /// <inheritdoc/>
    public void Noise(Tensor y, in NoiseKey key)
    {
        const string op = nameof(Noise);
        if (!(key.Shared is >= 0 and <= 1)) throw Broken(op, $"shared {key.Shared}, 0..1 was expected");
        IsFloat32(op, "y", y);
        inner.Noise(y, key);
    }

    /// <inheritdoc/>
    public void FromBytes(Tensor y, ReadOnlySpan<byte> rgb)
    {
        Picture(nameof(FromBytes), "y", y, rgb.Length);
        inner.FromBytes(y, rgb);
    }

    /// <inheritdoc/>
    public void ToBytes(Span<byte> rgb, Tensor x)
    {
        Picture(nameof(ToBytes), "x", x, rgb.Length);
        inner.ToBytes(rgb, x);
    }

    /// <inheritdoc/>
    public long CountNonFinite(Tensor x) => inner.CountNonFinite(x);
}
