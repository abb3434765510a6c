using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// A convolution of any kernel and step, in space or in space and time, as a product with the patches that it sees: the embedding of a
/// vision transformer, whose patches lie side by side, and kernels larger than three.
/// </summary>
public sealed class PatchConvolution
{
    private readonly PatchGeometry _geometry;
    private readonly Filter _weight;
    private readonly Tensor? _bias;
    private readonly int _outChannels;
    private readonly string _path;

    /// <summary>Reads <c>weight</c>, whose channels are moved behind its places, and <c>bias</c>.</summary>
    /// <param name="w">the convolution's folder</param>
    /// <param name="inChannels">of x</param>
    /// <param name="outChannels">of the result</param>
    /// <param name="geometry">kernel, step, padding, and the frames of a patch</param>
    /// <param name="hasDepth">the weight is stored as [out,in,frames,height,width], also where frames is 1</param>
    /// <param name="hasBias">false for a convolution without one</param>
    public PatchConvolution(
        WeightSource w, int inChannels, int outChannels, PatchGeometry geometry, bool hasDepth = false, bool hasBias = true)
    {
        (_geometry, _outChannels, _path) = (geometry, outChannels, w.Path);
        int places = geometry.Frames * geometry.KernelH * geometry.KernelW;
        long[] stored = hasDepth
            ? [outChannels, inChannels, geometry.Frames, geometry.KernelH, geometry.KernelW]
            : [outChannels, inChannels, geometry.KernelH, geometry.KernelW];
        _weight = w.MadeFilter(
            new FilterShape(outChannels, places * inChannels), read => ChannelsLast(read[0], inChannels, places), ("weight", stored));
        _bias = hasBias ? w.Vector("bias", outChannels) : null;
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="residual">the shape of the result, added last: positions of patches</param>
    /// <param name="activation">applied before the residual is added</param>
    /// <param name="into">where to write, it may be the residual; rented if absent</param>
    /// <returns>[N / frames, H', W', Cout]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? residual = null, Activation activation = Activation.None, Tensor? into = null)
    {
        var patched = _geometry.Of(x.Shape);
        var y = into ?? d.Rent(patched with { C = _outChannels });
        using var scope = d.Enter(_path);

        var patches = d.Rent(patched, x.Type);
        d.Kernels.Patches(patches, x, _geometry);
        d.Kernels.Linear(y, patches, _weight, new Epilogue(_bias, Residual: residual, Activation: activation));
        return y;
    }

    /// <summary>[out][channel][place] to [out][place][channel].</summary>
    private static float[] ChannelsLast(float[] values, int channels, int places)
    {
        float[] moved = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int place = i % places, channel = i / places % channels, output = i / (places * channels);
            moved[(((output * places) + place) * channels) + channel] = values[i];
        }

        return moved;
    }
}
