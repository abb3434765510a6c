namespace EvsNative.Kernels;

/// <summary>
/// The rules that several operations share. A broken one is an <see cref="ArgumentException"/> of the form
/// <c>operation: what is, what was expected (at module path)</c>.
/// </summary>
public readonly struct CallRules
{
    private readonly string _operation;
    private readonly Func<string> _path;
    private readonly bool _hasMoments;

    /// <param name="operation">the word</param>
    /// <param name="path">the module that computes</param>
    /// <param name="hasMoments">the device's products leave moments of their results</param>
    internal CallRules(string operation, Func<string> path, bool hasMoments = false) =>
        (_operation, _path, _hasMoments) = (operation, path, hasMoments);

    internal ArgumentException Broken(string facts)
    {
        string at = _path();
        return new ArgumentException(at.Length > 0 ? $"{_operation}: {facts} (at {at})" : $"{_operation}: {facts}");
    }

    internal void Is(string name, Tensor tensor, Shape wanted)
    {
        if (tensor.Shape != wanted) throw Broken($"{name} {tensor} has the wrong shape, {wanted} was expected");
    }

    internal void IsVector(string name, Tensor? tensor, int channels)
    {
        if (tensor is { } t && t.Shape != Shape.Vector(channels))
            throw Broken($"{name} {t} does not fit {channels} channels, {Shape.Vector(channels)} was expected");
    }

    /// <summary>Vectors, tables and latents are float32 whatever the activations are.</summary>
    internal void IsFloat32(string name, Tensor? tensor)
    {
        if (tensor is { } t && t.Type != ElementType.Float32) throw Broken($"{name} {t}, float32 was expected");
    }

    internal void SameType(string name, Tensor tensor, Tensor? other, string otherName)
    {
        if (other is { } t && t.Type != tensor.Type) throw Broken($"{name} {tensor} and {otherName} {t}, one type was expected");
    }

    internal void SamePixels(Tensor x, Tensor? x2)
    {
        if (x2 is { } t && t.Shape with { C = x.Shape.C } != x.Shape) throw Broken($"x2 {t} does not fit the pixels of x {x}");
    }

    /// <summary>Some channels of a tensor are read beside each pixel of another.</summary>
    internal void Beside(string name, Tensor tensor, Tensor of, int channel, int count)
    {
        Is(name, tensor, of.Shape with { C = tensor.Shape.C });
        if (channel < 0 || channel > tensor.Shape.C - count)
            throw Broken($"channel {channel} of {name} {tensor}, {count} from it on were expected");
    }

    /// <summary>The destination shares no memory with the input.</summary>
    internal void Apart(Tensor y, Tensor? other, string name)
    {
        if (other is { } t && y.Overlaps(t)) throw Broken($"the destination {y} overlaps {name} {t}, memory of its own was expected");
    }

    /// <summary>The destination is the input or shares no memory with it.</summary>
    internal void SameOrApart(Tensor y, Tensor other, string name)
    {
        bool same = y.Offset == other.Offset && y.Shape.Count == other.Shape.Count && y.Type == other.Type;
        if (!same && y.Overlaps(other))
            throw Broken($"the destination {y} overlaps {name} {other} in part, all of it or nothing was expected");
    }

    internal void Plain(FilterShape filter)
    {
        if (filter.IsGated || filter.Sections != 1) throw Broken($"filter {filter} is gated or in sections, a plain one was expected");
    }

    internal void Product(string name, Tensor y, Tensor x, FilterShape filter, int channels)
    {
        if (filter.Kernel != 1) throw Broken($"filter {filter} has kernel {filter.Kernel}, 1 was expected");
        if (x.Shape.C != filter.In) throw Broken($"x {x} does not fit filter {filter}, {filter.In} channels were expected");
        if (y.Shape.C != channels || y.Shape.Rows != x.Shape.Rows)
            throw Broken($"{name} {y} does not fit x {x} and filter {filter}, {x.Shape.Rows} rows of {channels} channels were expected");
        Apart(y, x, "x");
    }

    internal void Fits(Tensor y, in Epilogue epilogue)
    {
        IsVector("bias", epilogue.Bias, y.Shape.C);
        IsFloat32("bias", epilogue.Bias);
        Apart(y, epilogue.Bias, "bias");
        if (epilogue.PerImage is { } vectors)
        {
            Is("perImage", vectors, Shape.Vector(y.Shape.C) with { N = vectors.Shape.N == 1 ? 1 : y.Shape.N });
            IsFloat32("perImage", vectors);
            Apart(y, vectors, "perImage");
        }

        if (epilogue.Residual is { } residual)
        {
            Is("residual", residual, y.Shape);
            SameType("y", y, residual, "residual");
            SameOrApart(y, residual, "residual");
        }

        if (epilogue.Moments is not { } left) return;
        if (!_hasMoments) throw Broken($"moments {left} are given, products of this device leave none");
        Moments(left, y, "y");
        Apart(y, left, "moments");
    }

    /// <summary>Moments have the shape of those of a tensor, whose images divide into runs.</summary>
    internal void Moments(Tensor moments, Tensor of, string name)
    {
        if (ChannelMoments.ShapeOf(of.Shape) is not { } wanted)
        {
            throw Broken($"{name} {of} has {of.Shape.Pixels} pixels an image, moments are of a multiple of {ChannelMoments.Run}");
        }

        Is("moments", moments, wanted);
        IsFloat32("moments", moments);
    }

    internal void Norm(Tensor y, Tensor x, Tensor weight, Tensor bias, int channels, float eps)
    {
        if (!(eps >= 0)) throw Broken($"eps {eps}, 0 or more was expected");
        IsVector("weight", weight, channels);
        IsVector("bias", bias, channels);
        SameType("y", y, x, "x");
        IsFloat32("weight", weight);
        IsFloat32("bias", bias);
    }

    internal void Picture(string name, Tensor tensor, int bytes)
    {
        if (tensor.Shape.C != 3) throw Broken($"{name} {tensor} has {tensor.Shape.C} channels, 3 were expected");
        if (tensor.Shape.Count != bytes) throw Broken($"{bytes} bytes do not fit {name} {tensor}, {tensor.Shape.Count} were expected");
    }
}
