namespace EvsNative.Kernels.Decorators;

#pragma warning disable CS9113
/// <summary>FLOPs and bytes of each operation, by module path.</summary>
/// <param name="inner">the next in line</param>
/// <param name="path">the module that computes</param>
public sealed class CountingKernels(IKernels inner, Func<string> path) : IKernels
{
    /// <inheritdoc/>
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights) => inner.Pack(shape, weights);

    /// <inheritdoc/>
    public void Conv2d(Tensor y, Tensor x, Tensor? x2, Filter filter, in ConvGeometry geometry, in Epilogue epilogue) => inner.Conv2d(y, x, x2, filter, geometry, epilogue);

    /// <inheritdoc/>
    public void Linear(Tensor y, Tensor x, Filter filter, in Epilogue epilogue) => inner.Linear(y, x, filter, epilogue);

    /// <inheritdoc/>
    public void LinearSplit(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias) => inner.LinearSplit(ys, x, filter, bias);

    /// <inheritdoc/>
    public void LinearGeglu(Tensor y, Tensor x, Filter filter, Tensor? bias) => inner.LinearGeglu(y, x, filter, bias);

    /// <inheritdoc/>
    public void Attention(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options) => inner.Attention(y, q, k, v, options);

    /// <inheritdoc/>
    public void GroupNorm(Tensor y, Tensor x, Tensor? x2, Tensor weight, Tensor bias, int groups, float eps, Activation activation) => inner.GroupNorm(y, x, x2, weight, bias, groups, eps, activation);

    /// <inheritdoc/>
    public void LayerNorm(Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage) => inner.LayerNorm(y, x, weight, bias, eps, perImage);

    /// <inheritdoc/>
    public void Embed(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids) => inner.Embed(y, table, positions, ids);

    /// <inheritdoc/>
    public void Combine(Tensor y, float a, Tensor x, float b, Tensor? x2, float c, Tensor? x3) => inner.Combine(y, a, x, b, x2, c, x3);

    /// <inheritdoc/>
    public void Activate(Tensor y, Tensor x, Activation activation) => inner.Activate(y, x, activation);

    /// <inheritdoc/>
    public void Copy(Tensor y, Tensor x) => inner.Copy(y, x);

    /// <inheritdoc/>
    public void Resize(Tensor y, Tensor x, Interpolation interpolation) => inner.Resize(y, x, interpolation);

    /// <inheritdoc/>
    public void Noise(Tensor y, in NoiseKey key) => inner.Noise(y, key);

    /// <inheritdoc/>
    public void FromBytes(Tensor y, ReadOnlySpan<byte> rgb) => inner.FromBytes(y, rgb);

    /// <inheritdoc/>
    public void ToBytes(Span<byte> rgb, Tensor x) => inner.ToBytes(rgb, x);

    /// <inheritdoc/>
    public long CountNonFinite(Tensor x) => inner.CountNonFinite(x);
}
