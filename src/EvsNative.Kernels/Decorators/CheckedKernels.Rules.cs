namespace EvsNative.Kernels.Decorators;

/// <summary>The rules that several operations share.</summary>
public sealed partial class CheckedKernels
{
    private ArgumentException Broken(string operation, string facts)
    {
        string at = path();
        return new ArgumentException(at.Length > 0 ? $"{operation}: {facts} (at {at})" : $"{operation}: {facts}");
    }

    private void Is(string operation, string name, Tensor tensor, Shape wanted)
    {
        if (tensor.Shape != wanted) throw Broken(operation, $"{name} {tensor} has the wrong shape, {wanted} was expected");
    }

    private void IsVector(string operation, string name, Tensor? tensor, int channels)
    {
        if (tensor is { } t && t.Shape != Shape.Vector(channels))
            throw Broken(operation, $"{name} {t} does not fit {channels} channels, {Shape.Vector(channels)} was expected");
    }

    /// <summary>Vectors, tables and latents are float32 whatever the activations are.</summary>
    private void IsFloat32(string operation, string name, Tensor? tensor)
    {
        if (tensor is { } t && t.Type != ElementType.Float32) throw Broken(operation, $"{name} {t}, float32 was expected");
    }

    private void SameType(string operation, string name, Tensor tensor, Tensor? other, string otherName)
    {
        if (other is { } t && t.Type != tensor.Type) throw Broken(operation, $"{name} {tensor} and {otherName} {t}, one type was expected");
    }

    private void SamePixels(string operation, Tensor x, Tensor? x2)
    {
        if (x2 is { } t && t.Shape with { C = x.Shape.C } != x.Shape) throw Broken(operation, $"x2 {t} does not fit the pixels of x {x}");
    }

    /// <summary>The destination shares no memory with the input.</summary>
    private void Apart(string operation, Tensor y, Tensor? other, string name)
    {
        if (other is { } t && y.Overlaps(t)) throw Broken(operation, $"the destination {y} overlaps {name} {t}, memory of its own was expected");
    }

    /// <summary>The destination is the input or shares no memory with it.</summary>
    private void SameOrApart(string operation, Tensor y, Tensor other, string name)
    {
        bool same = y.Offset == other.Offset && y.Shape.Count == other.Shape.Count && y.Type == other.Type;
        if (!same && y.Overlaps(other)) throw Broken(operation, $"the destination {y} overlaps {name} {other} in part, all of it or nothing was expected");
    }

    private void Plain(string operation, FilterShape filter)
    {
        if (filter.IsGated || filter.Sections != 1) throw Broken(operation, $"filter {filter} is gated or in sections, a plain one was expected");
    }

    private void Product(string operation, string name, Tensor y, Tensor x, FilterShape filter, int channels)
    {
        if (filter.Kernel != 1) throw Broken(operation, $"filter {filter} has kernel {filter.Kernel}, 1 was expected");
        if (x.Shape.C != filter.In) throw Broken(operation, $"x {x} does not fit filter {filter}, {filter.In} channels were expected");
        if (y.Shape.C != channels || y.Shape.Rows != x.Shape.Rows)
            throw Broken(operation, $"{name} {y} does not fit x {x} and filter {filter}, {x.Shape.Rows} rows of {channels} channels were expected");
        Apart(operation, y, x, "x");
    }

    private void Fits(string operation, Tensor y, in Epilogue epilogue)
    {
        IsVector(operation, "bias", epilogue.Bias, y.Shape.C);
        IsFloat32(operation, "bias", epilogue.Bias);
        Apart(operation, y, epilogue.Bias, "bias");
        if (epilogue.PerImage is { } vectors)
        {
            Is(operation, "perImage", vectors, Shape.Vector(y.Shape.C) with { N = vectors.Shape.N == 1 ? 1 : y.Shape.N });
            IsFloat32(operation, "perImage", vectors);
            Apart(operation, y, vectors, "perImage");
        }

        if (epilogue.Residual is { } residual)
        {
            Is(operation, "residual", residual, y.Shape);
            SameType(operation, "y", y, residual, "residual");
            SameOrApart(operation, y, residual, "residual");
        }
    }

    private void Norm(string operation, Tensor y, Tensor x, Tensor weight, Tensor bias)
    {
        SameType(operation, "y", y, x, "x");
        IsFloat32(operation, "weight", weight);
        IsFloat32(operation, "bias", bias);
    }

    private void Term(string operation, Tensor y, Tensor x, string name)
    {
        SameType(operation, "y", y, x, name);
        Is(operation, name, x, y.Shape);
        SameOrApart(operation, y, x, name);
    }

    private void Picture(string operation, string name, Tensor tensor, int bytes)
    {
        if (tensor.Shape.C != 3) throw Broken(operation, $"{name} {tensor} has {tensor.Shape.C} channels, 3 were expected");
        if (tensor.Shape.Count != bytes) throw Broken(operation, $"{bytes} bytes do not fit {name} {tensor}, {tensor.Shape.Count} were expected");
    }
}
