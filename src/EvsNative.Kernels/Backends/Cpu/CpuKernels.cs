using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Norm;
using EvsNative.Kernels.Pointwise;

namespace EvsNative.Kernels.Backends;

/// <summary>The vocabulary on the processor: one line for each word, to the class that knows how.</summary>
internal sealed class CpuKernels<TSimd, TVector> : IKernels, IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private readonly GemmCpu<TSimd, TVector> _gemm;
    private readonly FilterPacking<TSimd, TVector> _filters;
    private readonly Conv2dWinograd<TSimd, TVector> _winograd;
    private readonly Conv2dCpu<TSimd, TVector> _conv2d;
    private readonly LinearCpu<TSimd, TVector> _linear;
    private readonly AttentionCpu<TSimd, TVector> _attention;
    private readonly GroupNormCpu<TSimd, TVector> _groupNorm;
    private readonly LayerNormCpu<TSimd, TVector> _layerNorm;
    private readonly PointwiseCpu<TSimd, TVector> _pointwise;
    private readonly ResizeCpu<TSimd, TVector> _resize;
    private readonly NoiseCpu _noise;
    private readonly FrameBytesCpu _frames;

    public CpuKernels(CpuWorkers workers, Scratch scratch)
    {
        _gemm = new GemmCpu<TSimd, TVector>(workers);
        _filters = new FilterPacking<TSimd, TVector>(workers);
        _winograd = new Conv2dWinograd<TSimd, TVector>(workers, scratch);
        _conv2d = new Conv2dCpu<TSimd, TVector>(_gemm, _winograd);
        _linear = new LinearCpu<TSimd, TVector>(_gemm);
        _attention = new AttentionCpu<TSimd, TVector>(workers);
        _groupNorm = new GroupNormCpu<TSimd, TVector>(workers, scratch);
        _layerNorm = new LayerNormCpu<TSimd, TVector>(workers);
        _pointwise = new PointwiseCpu<TSimd, TVector>(workers);
        _resize = new ResizeCpu<TSimd, TVector>(workers);
        _noise = new NoiseCpu(workers);
        _frames = new FrameBytesCpu(workers);
    }

    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage) => _filters.Pack(shape, weights, storage);

    public void Conv2d(Tensor y, Tensor x, Tensor? x2, Filter filter, in ConvGeometry geometry, in Epilogue epilogue) =>
        _conv2d.Run(y, x, x2, filter, geometry, epilogue);

    public void Linear(Tensor y, Tensor x, Filter filter, in Epilogue epilogue) => _linear.Run(y, x, filter, epilogue);

    public void LinearSplit(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias) => _linear.RunSplit(ys, x, filter, bias);

    public void LinearGeglu(Tensor y, Tensor x, Filter filter, Tensor? bias) => _linear.RunGeglu(y, x, filter, bias);

    public void Attention(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options) => _attention.Run(y, q, k, v, options);

    public void GroupNorm(Tensor y, Tensor x, Tensor? x2, Tensor weight, Tensor bias, int groups, float eps, Activation activation) =>
        _groupNorm.Run(y, x, x2, weight, bias, groups, eps, activation);

    public void LayerNorm(Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage) =>
        _layerNorm.Run(y, x, weight, bias, eps, perImage);

    public void Embed(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids) => _pointwise.Embed(y, table, positions, ids);

    public void Combine(Tensor y, float a, Tensor x, float b, Tensor? x2, float c, Tensor? x3) => _pointwise.Combine(y, a, x, b, x2, c, x3);

    public void Activate(Tensor y, Tensor x, Activation activation) => _pointwise.Activate(y, x, activation);

    public void Copy(Tensor y, Tensor x) => _pointwise.Copy(y, x);

    public void Resize(Tensor y, Tensor x, Interpolation interpolation) => _resize.Run(y, x, interpolation);

    public void Noise(Tensor y, in NoiseKey key) => _noise.Run(y, key);

    public void FromBytes(Tensor y, ReadOnlySpan<byte> rgb) => _frames.FromBytes(y, rgb);

    public void ToBytes(Span<byte> rgb, Tensor x) => _frames.ToBytes(rgb, x);

    public long CountNonFinite(Tensor x) => _pointwise.CountNonFinite(x);

    public void Dispose()
    {
        _gemm.Dispose();
        _filters.Dispose();
        _winograd.Dispose();
        _conv2d.Dispose();
        _attention.Dispose();
        _resize.Dispose();
    }
}
