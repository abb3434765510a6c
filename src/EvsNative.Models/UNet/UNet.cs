using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Predicts the noise in latents: the U-Net of Stable Diffusion 1, and with motion modules that of AnimateDiff. One object serves both; the
/// number of frames in a call switches the motion modules on.
/// </summary>
public sealed class UNet
{
    private readonly Conv2d _convIn, _convOut;
    private readonly TimeEmbedding _timeEmbedding;
    private readonly DownBlock[] _downBlocks;
    private readonly MidBlock _midBlock;
    private readonly UpBlock[] _upBlocks;
    private readonly GroupNorm _convNormOut;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    /// <param name="w">the folder of the U-Net's tensors, in diffusers' names</param>
    /// <param name="config">sizes</param>
    /// <param name="motion">sizes of the motion modules; null for the image model alone</param>
    /// <param name="motionWeights">where the motion modules' tensors are, if not in <paramref name="w"/></param>
    /// <param name="keptBytes">
    /// parts of layers are read when a pass comes to them and given back behind it, but for those that fit into these bytes together
    /// (<see cref="UNetParts.Keep"/>); all stay if absent
    /// </param>
    /// <exception cref="InputException">the motion modules were made for a U-Net of another size</exception>
    public UNet(
        WeightSource w, UNetConfig config, MotionConfig? motion = null, WeightSource? motionWeights = null, long? keptBytes = null)
    {
        motion?.EnsureFits(config);
        (Config, Motion, Features) = (config, motion, new NamedFeatures(config));
        var parts = new UNetParts(w, motionWeights ?? w, config, motion, isStreamed: keptBytes is not null);
        int levels = config.Levels, c = config.BlockOutChannels[0];

        _convIn = new Conv2d(w / "conv_in", config.InChannels, c);
        _timeEmbedding = new TimeEmbedding(w / "time_embedding", c, config.TembChannels);

        var skips = new Stack<int>([c]);
        _downBlocks = new DownBlock[levels];
        for (int i = 0; i < levels; i++)
        {
            int outChannels = config.BlockOutChannels[i];
            bool isLast = i == levels - 1;
            bool hasAttention = config.DownHasAttention[i];
            _downBlocks[i] = new DownBlock(parts, $"down_blocks.{i}", config.LayersPerBlock, c, outChannels, hasAttention, isLast);
            for (int made = isLast ? 1 : 0; made <= config.LayersPerBlock; made++) skips.Push(outChannels);
            c = outChannels;
        }

        _midBlock = new MidBlock(parts, "mid_block", c, hasMotion: motion is { HasMidBlock: true });

        _upBlocks = new UpBlock[levels];
        for (int i = 0; i < levels; i++)
        {
            int outChannels = config.BlockOutChannels[levels - 1 - i];
            int[] used = [.. Enumerable.Range(0, config.LayersPerBlock + 1).Select(_ => skips.Pop())];
            _upBlocks[i] = new UpBlock(parts, $"up_blocks.{i}", c, outChannels, used, config.UpHasAttention[i], isLast: i == levels - 1);
            c = outChannels;
        }

        _convNormOut = new GroupNorm(w / "conv_norm_out", c, config.NormNumGroups, config.NormEps);
        _convOut = new Conv2d(w / "conv_out", c, config.OutChannels);
        parts.Keep(keptBytes ?? 0);
        IsStreamed = !parts.AreKept;
    }

    /// <summary>Sizes.</summary>
    public UNetConfig Config { get; }

    /// <summary>Sizes of the motion modules; null for the image model alone.</summary>
    public MotionConfig? Motion { get; }

    /// <summary>True if parts of it are read during a pass, which therefore cannot be recorded.</summary>
    public bool IsStreamed { get; }

    /// <summary>Names that a tap may ask for.</summary>
    public NamedFeatures Features { get; }

    /// <summary>
    /// A training step, 0..999, as a pass wants it: [1,1,1,T], float32, rented. Every resnet takes it through SiLU, so that is done here.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="timestep">0..999</param>
    /// <param name="tap">offered time_embedding, as it is before SiLU</param>
    public Tensor Embed(Device d, float timestep, IFeatureTap? tap = null)
    {
        var embedding = _timeEmbedding.Forward(d, timestep);
        Offer(tap, "time_embedding", embedding);
        d.Kernels.Activate(embedding, embedding, Activation.Silu);
        return embedding;
    }

    /// <summary>
    /// One pass. The tap is offered the features of <see cref="Features"/> and, where it wants them, time_embedding, conv_in,
    /// down_blocks.i, mid_block, up_blocks.i and output. What is between the first convolution and the last has the device's precision.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="latents">[N,h,w,4], float32, any h and w; the frames of one video are adjacent</param>
    /// <param name="conditioning">time, text, frames</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[N,h,w,4], float32, the noise</returns>
    /// <exception cref="InputException">more frames than the motion modules were trained for</exception>
    public Tensor Forward(Device d, Tensor latents, in Conditioning conditioning, Tensor? into = null)
    {
        EnsureFrames(conditioning.Frames, latents.Shape.N);
        var y = into ?? d.Rent(latents.Shape with { C = Config.OutChannels });
        using var scope = d.Enter("unet");
        var tap = conditioning.Tap;
        var c = conditioning with { TimeEmbedding = conditioning.TimeEmbedding ?? Embed(d, conditioning.Timestep, tap) };

        var x = _convIn.Forward(d, latents, into: d.Rent(latents.Shape with { C = Config.BlockOutChannels[0] }, d.Precision));
        Offer(tap, "conv_in", x);

        var skips = new Stack<Tensor>([x]);
        for (int i = 0; i < _downBlocks.Length; i++) Offer(tap, $"down_blocks.{i}", x = _downBlocks[i].Forward(d, x, skips, c));
        Offer(tap, "mid_block", x = _midBlock.Forward(d, x, c));
        for (int i = 0; i < _upBlocks.Length; i++) Offer(tap, $"up_blocks.{i}", x = _upBlocks[i].Forward(d, x, skips, c));

        _convOut.Forward(d, _convNormOut.Forward(d, x, activation: Activation.Silu, into: x), into: y);
        Offer(tap, "output", y);
        return y;
    }

    private static void Offer(IFeatureTap? tap, string name, Tensor own)
    {
        if (tap is not null && tap.Wants(name)) tap.Observe(name, own);
    }

    private void EnsureFrames(int frames, int images)
    {
        if (frames == 0) return;
        if (Motion is null) throw new ArgumentException("the U-Net was made without motion modules", nameof(frames));
        if (frames < 0 || images % frames != 0)
            throw new ArgumentException($"{images} images are not whole videos of {frames} frames", nameof(frames));
        if (frames > Motion.MaxFrames)
        {
            throw new InputException(
                InputCode.TooLarge,
                $"the clip has {frames} frames, the motion modules take at most {Motion.MaxFrames}: refine it in shorter pieces");
        }
    }
}
