using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>Products of few rows with weights in the order of tensor kernels.</summary>
public sealed class ProductVectorTests
{
    // Sums of float32, and results of binary16.
    private const double Tolerance = 2e-6, HalfTolerance = 5e-4;

    [Theory]
    [InlineData(75, ElementType.Float32, ElementType.Float32, WeightStorage.Float16)]
    [InlineData(80, ElementType.Float32, ElementType.Float16, WeightStorage.Float32)]
    [InlineData(80, ElementType.Float16, ElementType.Float32, WeightStorage.Float32)]
    [InlineData(80, ElementType.Float16, ElementType.Float16, WeightStorage.BFloat16)]
    public void Few_rows_are_what_the_definition_says(int sm, ElementType from, ElementType to, WeightStorage storage)
    {
        using var driver = new InterpretedCudaDriver { Sm = sm };
        using var d = CudaTest.Device(driver);
        foreach (var (shape, columns) in ((Shape, int)[])[(new(5, 1, 1, 280), 21), (new(1, 2, 4, 8), 16), (new(3, 1, 3, 520), 40)])
        {
            var draw = new Draw(shape.C);
            using var scope = d.Enter("test");
            var x = Values.Halves(draw, shape);
            var filter = new FilterShape(columns, shape.C);
            float[] weights = [.. draw.Normals(filter.Count, 0.1f).Select(Eighths)];
            var y = shape with { C = columns };
            Values perImage = Values.Normal(draw, Shape.Vector(columns) with { N = shape.N }), residual = Values.Halves(draw, y);
            var epilogue = new EpilogueValues(Values.Normal(draw, Shape.Vector(columns)), perImage, residual, Activation.QuickGelu);
            Check(d.Upload(residual.Data, y, to), epilogue);
            Check(null, new EpilogueValues());

            void Check(Tensor? added, EpilogueValues values)
            {
                var got = Draw.Poisoned(d, y, to);
                var packed = d.Pack(filter, weights, storage);
                d.Kernels.Linear(got, d.Upload(x.Data, shape, from), packed, values.On(d) with { Residual = added });
                double error = Relative.Error(d.Download(got), Products.Linear(x, filter, weights, y, values));
                Assert.True(error <= (to == ElementType.Float16 ? HalfTolerance : Tolerance), $"{shape} to {columns}: error {error:e2}");
            }
        }

        Assert.All(driver.Ran, text => Assert.Contains(nameof(ProductVectorTensor), text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_row_has_the_same_bits_wherever_it_stands_and_the_residual_may_be_the_result()
    {
        using var driver = new InterpretedCudaDriver { Sm = 80 };
        using var d = CudaTest.Device(driver);
        using var scope = d.Enter("test");
        var draw = new Draw(1);
        var filter = new FilterShape(24, 40);
        var packed = d.Pack(filter, draw.Normals(filter.Count));
        float[] row = draw.Normals(40), residual = draw.Normals(24);
        float[] one = Run(1);
        Assert.All(Run(7).Chunk(24), rowOfSeven => Assert.Equal(one, rowOfSeven));

        float[] Run(int images)
        {
            var x = d.Upload([.. Enumerable.Repeat(row, images).SelectMany(v => v)], new Shape(images, 1, 1, 40));
            var y = d.Upload([.. Enumerable.Repeat(residual, images).SelectMany(v => v)], new Shape(images, 1, 1, 24));
            d.Kernels.Linear(y, x, packed, new Epilogue(Residual: y));
            return d.Download(y);
        }
    }

    /// <summary>The nearest number that every storage has.</summary>
    private static float Eighths(float value) => MathF.Round(value * 64) / 64;
}
