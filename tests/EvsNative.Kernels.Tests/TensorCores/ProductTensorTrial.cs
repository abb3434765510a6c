using System.Runtime.InteropServices;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>
/// Products on tensor cores in a given tile, their PTX run by the interpreter. Every tensor has memory of its exact size, results are full
/// of NaN before, and the portable kernels are not at hand.
/// </summary>
internal sealed class ProductTensorTrial : IDisposable
{
    private readonly InterpretedCudaDriver _driver;
    private readonly CudaGpu _gpu;
    private readonly Scratch _scratch;
    private readonly LinearTensor _linear;
    private readonly Conv2dTensor _convolution;

    private readonly ElementType _from;
    private readonly WeightStorage _storage;
    private readonly List<Filter> _filters = [];

    /// <param name="sm">the architecture</param>
    /// <param name="tile">the only tile to use, or null</param>
    /// <param name="from">what inputs are</param>
    /// <param name="storage">what weights are</param>
    public ProductTensorTrial(
        int sm, Type? tile, ElementType from = ElementType.Float16, WeightStorage storage = WeightStorage.Float16)
    {
        (_from, _storage) = (from, storage);
        _driver = new InterpretedCudaDriver { Sm = sm };
        _gpu = CudaTest.Open(_driver);
        _scratch = new Scratch(_gpu.Allocate, isGuarded: true);
        _linear = new LinearTensor(_gpu, null!, tile);
        _convolution = new Conv2dTensor(_gpu, null!, tile);
    }

    /// <summary>The texts of the kernels that ran.</summary>
    public IReadOnlyCollection<string> Ran => _driver.Ran;

    public float[] Linear(Values x, FilterShape shape, float[] weights, EpilogueValues epilogue, ElementType to = ElementType.Float16)
    {
        var filter = Pack(shape, weights);
        var y = Poisoned(x.Shape with { C = shape.Out }, to);
        _linear.Run(new LinearCall(y, Inputs(x), filter, On(epilogue, to)));
        return Download(y);
    }

    public float[][] Split(Values x, FilterShape shape, float[] weights, Values? bias)
    {
        var filter = Pack(shape, weights);
        Tensor[] ys = [.. Enumerable.Range(0, shape.Sections).Select(_ => Poisoned(x.Shape with { C = shape.Out / shape.Sections }))];
        _linear.Run(new LinearSplitCall(ys, Inputs(x), filter, Floats(bias)));
        return Array.ConvertAll(ys, Download);
    }

    public float[] Gated(Values x, FilterShape shape, float[] weights, Values? bias)
    {
        var y = Poisoned(x.Shape with { C = shape.Out / 2 });
        _linear.Run(new LinearGegluCall(y, Inputs(x), Pack(shape, weights), Floats(bias)));
        return Download(y);
    }

    public float[] Conv2d(Values x, Values? x2, FilterShape shape, float[] weights, ConvGeometry geometry, EpilogueValues epilogue,
        bool isInPlace = false, ElementType to = ElementType.Float16)
    {
        var filter = Pack(shape, weights);
        var on = On(epilogue, to);
        var y = isInPlace ? on.Residual!.Value : Poisoned(Convolutions.Result(x.Shape, shape, geometry), to);
        Tensor? second = x2 is null ? null : Inputs(x2);
        _convolution.Run(new Conv2dCall(y, Inputs(x), second, filter, geometry, on));
        return Download(y);
    }

    /// <summary>A convolution with a residual, and the moments that it leaves.</summary>
    public (float[] Y, float[] Moments) Moments(
        Values x, FilterShape shape, float[] weights, EpilogueValues epilogue, ConvGeometry? geometry = null)
    {
        var walk = geometry ?? new ConvGeometry(1);
        var y = Poisoned(Convolutions.Result(x.Shape, shape, walk));
        var moments = Poisoned(ChannelMoments.ShapeOf(y.Shape)!.Value, ElementType.Float32);
        var on = On(epilogue, y.Type) with { Moments = moments };
        _convolution.Run(new Conv2dCall(y, Inputs(x), null, Pack(shape, weights), walk, on));
        return (Download(y), Download(moments));
    }

    public void Dispose()
    {
        foreach (var filter in _filters) filter.Buffer.Dispose();
        _scratch.Dispose();
        _gpu.Dispose();
        _driver.Dispose();
    }

    /// <summary>Numbers that binary16 holds, so that only the results are rounded.</summary>
    public static Values Inputs(Draw draw, Shape shape) => Values.Halves(draw, shape);

    /// <inheritdoc cref="Inputs"/>
    public static float[] Weights(Draw draw, FilterShape shape) =>
        [.. draw.Normals(shape.Count, 1 / MathF.Sqrt(shape.Depth)).Select(value => (float)(Half)value)];

    private Epilogue On(EpilogueValues e, ElementType type) => new(
        Floats(e.Bias), Floats(e.PerImage), e.Residual is null ? null : Upload(e.Residual, type), e.Activation);

    private Filter Pack(FilterShape shape, float[] weights)
    {
        var filter = new FilterPackingTensor(_gpu, null!).Pack(shape, weights, _storage);
        _filters.Add(filter);
        return filter;
    }

    private Tensor Inputs(Values values) => Upload(values, _from);

    private Tensor? Floats(Values? values) => values is null ? null : Upload(values, ElementType.Float32);

    private Tensor Poisoned(Shape shape, ElementType type = ElementType.Float16)
    {
        float[] values = new float[shape.Count];
        Array.Fill(values, float.NaN);
        return Upload(new Values(shape, values), type);
    }

    private Tensor Upload(Values values, ElementType type)
    {
        var tensor = _scratch.Rent(values.Shape, type);
        var bytes = type == ElementType.Float32
            ? MemoryMarshal.AsBytes<float>(values.Data)
            : MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values.Data, value => (Half)value));
        _gpu.Write((GpuBuffer)tensor.Buffer, 0, bytes);
        return tensor;
    }

    private float[] Download(Tensor tensor)
    {
        float[] values = new float[tensor.Shape.Count];
        if (tensor.Type == ElementType.Float32)
        {
            _gpu.Read((GpuBuffer)tensor.Buffer, 0, MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        var halves = new Half[values.Length];
        _gpu.Read((GpuBuffer)tensor.Buffer, 0, MemoryMarshal.AsBytes(halves.AsSpan()));
        return Array.ConvertAll(halves, half => (float)half);
    }
}
