using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Norm;
using EvsNative.Kernels.Pointwise;

namespace EvsNative.Kernels.Backends;

/// <summary>The vocabulary on any GPU: one line for each word, to the class that knows how.</summary>
internal sealed class PortableKernels(GpuRuntime gpu, Scratch scratch) : IKernels
{
    private readonly FilterPackingPortable _filters = new(gpu);
    private readonly Conv2dPortable _conv2d = new(gpu);
    private readonly LinearPortable _linear = new(gpu);
    private readonly AttentionPortable _attention = new(gpu);
    private readonly GroupNormPortable _groupNorm = new(gpu, scratch);
    private readonly LayerNormPortable _layerNorm = new(gpu);
    private readonly PointwisePortable _pointwise = new(gpu, scratch);
    private readonly EmbedPortable _embed = new(gpu, scratch);
    private readonly ResizePortable _resize = new(gpu);
    private readonly NoisePortable _noise = new(gpu);
    private readonly FrameBytesPortable _frames = new(gpu, scratch);

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

    public void Embed(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids) => _embed.Run(y, table, positions, ids);

    public void Combine(Tensor y, float a, Tensor x, float b, Tensor? x2, float c, Tensor? x3) => _pointwise.Combine(y, a, x, b, x2, c, x3);

    public void Activate(Tensor y, Tensor x, Activation activation) => _pointwise.Activate(y, x, activation);

    public void Copy(Tensor y, Tensor x) => _pointwise.Copy(y, x);

    public void Resize(Tensor y, Tensor x, Interpolation interpolation) => _resize.Run(y, x, interpolation);

    public void Noise(Tensor y, in NoiseKey key) => _noise.Run(y, key);

    public void FromBytes(Tensor y, ReadOnlySpan<byte> rgb) => _frames.FromBytes(y, rgb);

    public void ToBytes(Span<byte> rgb, Tensor x) => _frames.ToBytes(rgb, x);

    public long CountNonFinite(Tensor x) => _pointwise.CountNonFinite(x);
}
