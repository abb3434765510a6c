using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Pictures to latents and back. Frames are worked on in groups whose largest activation stays within a budget, so that the memory of a run
/// does not grow with the number of frames. Grouping changes no value: every frame is on its own.
/// </summary>
public sealed class Vae
{
    /// <summary>Bytes of the largest activation of a group, unless told otherwise.</summary>
    public const long DefaultBudgetBytes = 1L << 26;

    private readonly Part<VaeEncoder> _encoder;
    private readonly Part<VaeDecoder> _decoder;
    private readonly long _budgetBytes;

    /// <summary>Reads encoder and decoder, each with one of the two 1x1 convolutions between them.</summary>
    /// <param name="w">the folder of the autoencoder's tensors, in diffusers' names</param>
    /// <param name="config">sizes</param>
    /// <param name="budgetBytes">bytes of the largest activation of a group of frames; a group has one frame at least</param>
    /// <param name="isKept">both stay; otherwise each is read when it is used, or once while it is borrowed</param>
    public Vae(WeightSource w, VaeConfig config, long budgetBytes = DefaultBudgetBytes, bool isKept = true)
    {
        (Config, _budgetBytes) = (config, budgetBytes);
        _encoder = new Part<VaeEncoder>([w], folders => new VaeEncoder(folders[0], config), isKept);
        _decoder = new Part<VaeDecoder>([w], folders => new VaeDecoder(folders[0], config), isKept);
    }

    /// <summary>Sizes.</summary>
    public VaeConfig Config { get; }

    /// <summary>The time in which pictures are encoded: the encoder is read once at most.</summary>
    internal Part<VaeEncoder>.Loan BorrowEncoder() => _encoder.Borrow();

    /// <summary>The time in which latents are decoded.</summary>
    internal Part<VaeDecoder>.Loan BorrowDecoder() => _decoder.Borrow();

    /// <summary>The latents that the diffusion models work on: the posterior's mean times the scaling factor.</summary>
    /// <param name="d">the device</param>
    /// <param name="images">[N,H,W,3] in -1..1, H and W multiples of 8</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <param name="tileRows">see <see cref="Decode"/></param>
    /// <returns>[N,H/8,W/8,4]</returns>
    /// <exception cref="InputException">H or W is not a multiple of 8</exception>
    public Tensor Encode(Device d, Tensor images, Tensor? into = null, int tileRows = 0)
    {
        var y = into ?? d.Rent(LatentShape(images.Shape));
        using var encoder = _encoder.Borrow();
        using var scope = d.Enter("vae.encode");
        foreach (var (first, count) in Groups(y.Shape, tileRows))
        {
            using var group = d.Enter("vae.encode");
            var (mean, _) = Moments(d, images.Images(first, count), tileRows);
            d.Kernels.Combine(y.Images(first, count), Config.ScalingFactor, mean);
        }

        return y;
    }

    /// <summary>The posterior, all images at once: mean and logarithm of the variance, neither scaled nor clamped.</summary>
    /// <param name="d">the device</param>
    /// <param name="images">[N,H,W,3] in -1..1, H and W multiples of 8</param>
    /// <returns>each [N,H/8,W/8,4]</returns>
    /// <exception cref="InputException">H or W is not a multiple of 8</exception>
    public (Tensor Mean, Tensor LogVariance) Moments(Device d, Tensor images) => Moments(d, images, 0);

    /// <summary>Pictures from latents, not clamped.</summary>
    /// <param name="d">the device</param>
    /// <param name="latents">[N,h,w,4], scaled as <see cref="Encode"/> gives them</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <param name="tileRows">
    /// rows of latents that are worked on at a time, of one frame; 0 for all. A tile is as wide as the picture and sees the rows beside it,
    /// norms have the statistics of the whole picture, and attention looks at all of it: the result is the same but for rounding, without
    /// a seam. A large picture takes about half of the memory, and an eighth more work, since enlarged pictures are made twice
    /// </param>
    /// <returns>[N,8h,8w,3], about -1..1</returns>
    public Tensor Decode(Device d, Tensor latents, Tensor? into = null, int tileRows = 0)
    {
        var s = latents.Shape;
        var y = into ?? d.Rent(new Shape(s.N, s.H * Config.Factor, s.W * Config.Factor, 3));
        using var decoder = _decoder.Borrow();
        using var scope = d.Enter("vae.decode");
        foreach (var (first, count) in Groups(s, tileRows))
        {
            using var group = d.Enter("vae.decode");
            var z = d.Rent(s with { N = count });
            d.Kernels.Combine(z, 1 / Config.ScalingFactor, latents.Images(first, count));
            decoder.Value.Forward(d, z, y.Images(first, count), tileRows);
        }

        return y;
    }

    private (Tensor Mean, Tensor LogVariance) Moments(Device d, Tensor images, int tileRows)
    {
        var shape = LatentShape(images.Shape);
        Tensor mean = d.Rent(shape), logVariance = d.Rent(shape);
        using var encoder = _encoder.Borrow();
        encoder.Value.Forward(d, images, mean, logVariance, tileRows);
        return (mean, logVariance);
    }

    private Shape LatentShape(Shape images)
    {
        if (images.H % Config.Factor != 0 || images.W % Config.Factor != 0)
        {
            throw new InputException(
                InputCode.OutOfRange,
                $"frames of {images.W} x {images.H} cannot be encoded: width and height must be multiples of {Config.Factor}");
        }

        return new Shape(images.N, images.H / Config.Factor, images.W / Config.Factor, Config.LatentChannels);
    }

    /// <summary>Frames that go together, for latents of this shape.</summary>
    private IEnumerable<(int First, int Count)> Groups(Shape latents, int tileRows)
    {
        int size = tileRows > 0 ? 1 : (int)Math.Clamp(_budgetBytes / LargestActivationBytes(latents), 1, latents.N);
        for (int first = 0; first < latents.N; first += size) yield return (first, Math.Min(size, latents.N - first));
    }

    /// <summary>Of one frame: what enters a level of the decoder is the largest, its channels are those of the level below.</summary>
    private long LargestActivationBytes(Shape latents)
    {
        var channels = Config.BlockOutChannels;
        long pixels = (long)latents.H * Config.Factor * latents.W * Config.Factor;
        long Numbers(int level) => (pixels >> (2 * level)) * channels[Math.Min(level + 1, channels.Count - 1)];
        return Enumerable.Range(0, channels.Count).Max(Numbers) * sizeof(float);
    }
}
