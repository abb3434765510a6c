using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Norm;

namespace EvsNative.Kernels.Backends;

/// <summary>The vocabulary without work. It rents the temporary memory that the CPU kernels would, so that peaks agree.</summary>
internal sealed class NullKernels(Scratch scratch) : IKernels
{
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage) => new(shape, storage, new NullBuffer(CpuWidth.Layout(shape).Count * storage.Bytes()));

    public void Conv2d(Tensor y, Tensor x, Tensor? x2, Filter filter, in ConvGeometry geometry, in Epilogue epilogue)
    {
        int channels2 = x2?.Shape.C ?? 0;
        if (ConvPlan.Choose(filter.Shape, geometry, y.Shape, x.Shape.C, channels2, CpuWidth.Lane) != ConvMethod.Winograd) return;
        var mark = scratch.Here();
        scratch.Rent(new WinogradTiles(y.Shape, x.Shape.C + channels2).Workspace, ElementType.Float32);
        scratch.Release(mark);
    }

    public void Linear(Tensor y, Tensor x, Filter filter, in Epilogue epilogue) { }

    public void LinearSplit(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias) { }

    public void LinearGeglu(Tensor y, Tensor x, Filter filter, Tensor? bias) { }

    public void Attention(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options) { }

    public void GroupNorm(Tensor y, Tensor x, Tensor? x2, Tensor weight, Tensor bias, int groups, float eps, Activation activation)
    {
        var mark = scratch.Here();
        scratch.Rent(GroupNormPlan.Sums(y.Shape), ElementType.Float32);
        scratch.Rent(GroupNormPlan.Scales(y.Shape), ElementType.Float32);
        scratch.Release(mark);
    }

    public void LayerNorm(Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage) { }

    public void Embed(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids) { }

    public void Combine(Tensor y, float a, Tensor x, float b, Tensor? x2, float c, Tensor? x3) { }

    public void Activate(Tensor y, Tensor x, Activation activation) { }

    public void Copy(Tensor y, Tensor x) { }

    public void Resize(Tensor y, Tensor x, Interpolation interpolation) { }

    public void Noise(Tensor y, in NoiseKey key) { }

    public void FromBytes(Tensor y, ReadOnlySpan<byte> rgb) { }

    public void ToBytes(Span<byte> rgb, Tensor x) { }

    public long CountNonFinite(Tensor x) => 0;
}
