namespace EvsNative.Kernels;

/// <summary>
/// The engine's instruction set: destination first, then inputs, then parameters. Layers and models speak to a device through these words only.
/// Shapes are [N,H,W,C]; they are checked once, by <see cref="Decorators.CheckedKernels"/>, in front of every backend. Sums are float32 or better.
/// A destination shares memory with an input only where the word says so. Activations are of any type, one for all of a call's inputs and one for its
/// destination and residual, and only products, <c>Activate</c> and <c>Copy</c> change it; vectors, tables and latents are float32.
/// </summary>
public interface IKernels
{
    /// <summary>
    /// Packs weights given in the checkpoint's order, [Out, In, Kernel, Kernel]. In a storage of 16 bits each is cut to it: nothing is lost of
    /// values that come from it, and others should not be stored so.
    /// </summary>
    Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage = WeightStorage.Float32);

    /// <summary>
    /// y[n,i,j,o] = epilogue(sum over c, u, v of w[o,c,u,v] x[n, s i + u - p, s j + v - p, c]), zeros outside; cross-correlation as in torch.
    /// Where <paramref name="x2"/> is given its channels follow those of x, as if both had been concatenated.
    /// </summary>
    void Conv2d(Tensor y, Tensor x, Tensor? x2, Filter filter, in ConvGeometry geometry, in Epilogue epilogue);

    /// <summary>y[r,o] = epilogue(sum over c of w[o,c] x[r,c]) for every row r.</summary>
    void Linear(Tensor y, Tensor x, Filter filter, in Epilogue epilogue);

    /// <summary>One product whose sections go to tensors of their own: q, k and v. There are filter.Shape.Sections destinations of one shape.</summary>
    void LinearSplit(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias);

    /// <summary>y = value * gelu(gate), both halves of one product (GEGLU, exact erf form). The filter is gated; bias has filter.Shape.Out elements.</summary>
    void LinearGeglu(Tensor y, Tensor x, Filter filter, Tensor? bias);

    /// <summary>
    /// y = softmax(q k^T / sqrt(d)) v per image (or per pixel through time) and head, by streaming softmax: no score matrix in memory.
    /// k and v with N = 1 serve all images.
    /// </summary>
    void Attention(Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options);

    /// <summary>
    /// y = activation((x - mean) / sqrt(variance + eps) * weight + bias), moments over each image's pixels and each group of C / groups channels, biased variance.
    /// Where <paramref name="x2"/> is given its channels follow those of x. y may be x where there is no x2.
    /// </summary>
    void GroupNorm(Tensor y, Tensor x, Tensor? x2, Tensor weight, Tensor bias, int groups, float eps, Activation activation);

    /// <summary>y = (x - mean) / sqrt(variance + eps) * weight + bias + perImage[n mod its N], moments over each row's channels. y may be x.</summary>
    void LayerNorm(Tensor y, Tensor x, Tensor weight, Tensor bias, float eps, Tensor? perImage);

    /// <summary>y[n,0,j,:] = table[ids[n J + j]] + positions[j]; table [1,1,vocabulary,C], positions [1,1,at least J,C], y [N,1,J,C].</summary>
    void Embed(Tensor y, Tensor table, Tensor positions, ReadOnlySpan<int> ids);

    /// <summary>y = a x + b x2 + c x3, all of one type: guidance and sampler steps in float32, sums of features. y may be any of the inputs.</summary>
    void Combine(Tensor y, float a, Tensor x, float b = 0, Tensor? x2 = null, float c = 0, Tensor? x3 = null);

    /// <summary>y = activation(x). y may be x.</summary>
    void Activate(Tensor y, Tensor x, Activation activation);

    /// <summary>y = x, of the same count.</summary>
    void Copy(Tensor y, Tensor x);

    /// <summary>Each image of x resized to the height and width of y.</summary>
    void Resize(Tensor y, Tensor x, Interpolation interpolation);

    /// <summary>Standard normal numbers by Philox 4x32-10 and Box-Muller; see <see cref="NoiseKey"/>.</summary>
    void Noise(Tensor y, in NoiseKey key);

    /// <summary>y[N,H,W,3] = rgb / 127.5 - 1.</summary>
    void FromBytes(Tensor y, ReadOnlySpan<byte> rgb);

    /// <summary>rgb = floor(127.5 x + 128) within 0..255, for x [N,H,W,3].</summary>
    void ToBytes(Span<byte> rgb, Tensor x);

    /// <summary>How many elements are NaN or infinite.</summary>
    long CountNonFinite(Tensor x);
}
