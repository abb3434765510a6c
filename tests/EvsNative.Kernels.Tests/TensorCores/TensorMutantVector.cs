using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>A product of few rows for mutants.</summary>
/// <param name="Images">of which each has one row of a vector</param>
/// <param name="Rows">of an image</param>
/// <param name="Filter">the filter's shape</param>
internal sealed record TensorMutantVector(int Images, int Rows, FilterShape Filter)
{
    /// <summary>All that an epilogue can add; otherwise nothing is added.</summary>
    public bool HasEpilogue { get; init; }

    public Activation Activation { get; init; }

    /// <summary>Prepares the call.</summary>
    public TensorMutantCase On(TensorMutantDevice d, ElementType from, WeightStorage storage, ElementType to)
    {
        var draw = new Draw(Images + Rows + Filter.Out);
        var x = Values.Halves(draw, new Shape(Images, 1, Rows, Filter.In));
        float[] weights = [.. draw.Normals(Filter.Count, 1 / MathF.Sqrt(Filter.Depth)).Select(value => (float)(Half)value)];
        var shape = x.Shape with { C = Filter.Out };
        var e = HasEpilogue
            ? new EpilogueValues(
                Values.Normal(draw, Shape.Vector(shape.C)), Values.Normal(draw, Shape.Vector(shape.C) with { N = Images }),
                Values.Halves(draw, shape), Activation)
            : new EpilogueValues(Activation: Activation);
        Tensor? residual = e.Residual is null ? null : d.Upload(e.Residual, to);
        var epilogue = new Epilogue(d.Vector(e.Bias), d.Vector(e.PerImage), residual, Activation);
        var y = d.Rent(shape, to);
        var call = new LinearCall(y, d.Upload(x, from), d.Pack(Filter, weights, storage), epilogue);
        return new TensorMutantCase(() => d.After(() => d.Linear.Run(call), y), Products.Linear(x, Filter, weights, shape, e));
    }
}
