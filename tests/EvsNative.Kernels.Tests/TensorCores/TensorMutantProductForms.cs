using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>
/// Forms of products whose mutants are tried: what is multiplied, in which tile, by how many stages, each with one epilogue; then all
/// epilogues in all tiles, for both types of results, and with everything that can be multiplied.
/// </summary>
internal static class TensorMutantProductForms
{
    private const ProductFactors Halves = ProductFactors.Halves;

    private static readonly string[] Epilogues =
        ["Linear", "ActivatedLinear", "Convolution", "ActivatedConvolution", "Phase", "Gated", "Split"];

    private static readonly ProductFactors[] Factors = [Halves, ProductFactors.Singles, ProductFactors.SinglesByHalves];

    // Images of so many pixels end at each of the rows that a thread copies or finishes.
    private static readonly Shape[] Edges =
    [
        new(1, 2, 7, 8), new(1, 1, 17, 8), new(1, 2, 11, 8), new(1, 5, 5, 8), new(1, 5, 6, 8), new(1, 2, 19, 8), new(1, 6, 9, 8),
        new(1, 6, 17, 8), new(1, 3, 36, 8), new(1, 2, 52, 8),
    ];

    public static IReadOnlyList<TensorMutantForm> All { get; } = [.. Loops().Concat(Ends()).DistinctBy(form => form.Kernel)];

    private static IEnumerable<TensorMutantForm> Loops() =>
        from factors in Factors
        from caps in GpuProfiles.All.Where(caps => caps.TensorCores != TensorGeneration.None)
        from tile in ProductPlanTensor.Tiles
        where caps.TensorCores != TensorGeneration.Turing || (factors == Halves && tile.ThreadSums <= 64)
        select Of(caps, tile, factors, factors == Halves ? ElementType.Float16 : ElementType.Float32, "Convolution");

    private static IEnumerable<TensorMutantForm> Ends()
    {
        var small = ProductPlanTensor.Tiles[^1];
        foreach (string epilogue in Epilogues)
        {
            foreach (var tile in ProductPlanTensor.Tiles) yield return Of(GpuProfiles.Ampere, tile, Halves, ElementType.Float16, epilogue);
            foreach (var factors in Factors)
            {
                yield return Of(GpuProfiles.Ampere, small, factors, ElementType.Float16, epilogue);
                yield return Of(GpuProfiles.Ampere, small, factors, ElementType.Float32, epilogue);
            }

            yield return Of(GpuProfiles.Turing, small, Halves, ElementType.Float16, epilogue);
            yield return Of(GpuProfiles.AmpereConsumer, small, Halves, ElementType.Float16, epilogue);
        }
    }

    private static TensorMutantForm Of(
        GpuCaps caps, ProductTileSizeTensor tile, ProductFactors factors, ElementType to, string epilogue)
    {
        var plan = ProductPlanTensor.Choose(caps, new ProductSizeTensor(64, 64, 8, 0, 1, 64, 128, Factors: factors), tile.Tile);
        var from = factors == Halves ? ElementType.Float16 : ElementType.Float32;
        var storage = factors == ProductFactors.Singles ? WeightStorage.Float32 : WeightStorage.Float16;
        string policies = $"{plan.Numbers.Name},{to.ResultPolicy().Name},{tile.Tile.Name},{plan.Staging.Name},{epilogue}Form";
        return TensorMutantForm.Of(
            $"ProductTensor<{policies}>", caps, tile.Tile, Calls(epilogue, tile), (call, d) => call.On(d, from, storage, to));
    }

    private static TensorMutantProduct[] Calls(string epilogue, ProductTileSizeTensor tile)
    {
        // More columns of tiles than a band has.
        int many = (17 * tile.Columns) + 8;
        return epilogue switch
        {
            "Linear" => [.. Matrices(many)],
            "ActivatedLinear" => [.. Matrices(many).Select((call, i) => call with { Activation = ActivationOf(i) })],
            "Convolution" => [.. Windows(many)],
            "ActivatedConvolution" => [.. Windows(many).Select((call, i) => call with { Activation = ActivationOf(i) })],
            "Phase" =>
            [
                Enlarged(new Shape(1, 5, 9, 40), 72, 16) with { HasResidual = true },
                Enlarged(new Shape(2, 8, 16, 24), 168, 0) with { Vectors = 2, LeavesMoments = true },
                Enlarged(new Shape(1, 7, 9, 40), 24, 16) with { HasInfinity = true },
                Enlarged(new Shape(1, 3, 5, 24), 24, 8),
                Enlarged(new Shape(1, 3, 5, 72), 24, 0),
                .. Edges.Select(x => Enlarged(x, 24, 0) with { HasResidual = true }),
                Enlarged(new Shape(2, 7, 10, 8), many, 0) with { HasBias = false, Vectors = 1 },
            ],
            "Gated" =>
            [
                new(new Shape(1, 1, 70, 264), new FilterShape(80, 264, IsGated: true)),
                new(new Shape(1, 1, 200, 24), new FilterShape(336, 24, IsGated: true)) { HasBias = false },
                .. Edges.Select(x => new TensorMutantProduct(x with { C = 136 }, new FilterShape(32, 136, IsGated: true))),
                new(new Shape(1, 1, 64, 40), new FilterShape(32, 40, IsGated: true)) { HasInfinity = true },
                new(new Shape(1, 1, 64, 136), new FilterShape(32, 136, IsGated: true)) { HasInfinity = true },
                new(new Shape(1, 1, 130, 8), new FilterShape((many + 15) / 16 * 16, 8, IsGated: true)),
            ],
            _ =>
            [
                new(new Shape(1, 1, 70, 264), new FilterShape(72, 264, Sections: 3)),
                new(new Shape(1, 1, 200, 24), new FilterShape(336, 24, Sections: 2)) { HasBias = false },
                .. Edges.Select(x => new TensorMutantProduct(x with { C = 136 }, new FilterShape(24, 136, Sections: 3))),
                new(new Shape(1, 1, 64, 40), new FilterShape(32, 40, Sections: 2)) { HasInfinity = true },
                new(new Shape(1, 1, 64, 136), new FilterShape(32, 136, Sections: 2)) { HasInfinity = true },
                new(new Shape(1, 1, 130, 8), new FilterShape(3 * ((many / 24 * 8) + 8), 8, Sections: 3)),
            ],
        };
    }

    private static IEnumerable<TensorMutantProduct> Matrices(int many) =>
    [
        new(new Shape(1, 1, 70, 264), new FilterShape(72, 264)),
        new(new Shape(1, 1, 64, 40), new FilterShape(24, 40)) { HasInfinity = true },
        new(new Shape(1, 1, 64, 136), new FilterShape(24, 136)) { HasInfinity = true },
        .. Edges.Select(x => new TensorMutantProduct(x with { C = 136 }, new FilterShape(24, 136)) { HasResidual = true }),
        new(new Shape(3, 8, 8, 40), new FilterShape(168, 40)) { Vectors = 3, HasResidual = true, LeavesMoments = true },
        new(new Shape(2, 7, 10, 8), new FilterShape(many, 8)) { HasBias = false, Vectors = 1 },
    ];

    private static IEnumerable<TensorMutantProduct> Windows(int many) =>
    [
        new(new Shape(1, 5, 9, 40), new FilterShape(72, 40, 3)) { Channels2 = 16 },
        new(new Shape(3, 8, 8, 32), new FilterShape(168, 32, 3)) { Channels2 = 8, Vectors = 3, HasResidual = true, LeavesMoments = true },
        new(new Shape(2, 11, 9, 8), new FilterShape(24, 8, 3)) { Geometry = new ConvGeometry(2, ConvPadding.After) },
        new(new Shape(3, 6, 7, 40), new FilterShape(24, 40, 3)) { Geometry = new ConvGeometry(1, ConvPadding.Same, (11, 15)) },
        new(new Shape(1, 7, 9, 40), new FilterShape(24, 40, 3)) { Channels2 = 16, HasInfinity = true },
        new(new Shape(1, 3, 5, 72), new FilterShape(24, 72, 3)),
        new(new Shape(1, 3, 5, 24), new FilterShape(24, 24, 3)) { Channels2 = 8 },
        new(new Shape(1, 5, 7, 8), new FilterShape(24, 8)) { Geometry = new ConvGeometry(2) },
        new(new Shape(1, 2, 2, 8), new FilterShape(24, 8, 3)) { Geometry = new ConvGeometry(1, ConvPadding.Same, (16, 16)) },
        .. Edges.Select(x => new TensorMutantProduct(x, new FilterShape(24, 8, 3)) { HasResidual = true }),
        new(new Shape(2, 7, 10, 16), new FilterShape(many, 16)) { Channels2 = 8, HasBias = false, Vectors = 1 },
    ];

    private static TensorMutantProduct Enlarged(Shape x, int columns, int channels2) =>
        new(x, new FilterShape(columns, x.C, 3, IsEnlarging: true))
        {
            Channels2 = channels2,
            Geometry = new ConvGeometry(1, ConvPadding.Same, (2 * x.H, 2 * x.W)),
        };

    private static Activation ActivationOf(int call) => (call % 3) switch
    {
        0 => Activation.Silu,
        1 => Activation.Gelu,
        _ => Activation.QuickGelu,
    };
}
