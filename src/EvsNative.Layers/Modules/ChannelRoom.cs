using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// Room behind the channels of a tensor, so that rows are whole vectors: devices have faster ways for those. It holds zeros, which the
/// weights of a module see to: zeros in, zeros out.
/// </summary>
public static class ChannelRoom
{
    // As many numbers as the widest vector holds.
    private const int Multiple = 16;

    /// <summary>Channels with the room behind them.</summary>
    public static int Of(int channels) => (channels + Multiple - 1) / Multiple * Multiple;

    /// <summary>
    /// The weights of a convolution, stored as [out,in,kernel,kernel], for inputs and results of as many channels or more.
    /// </summary>
    internal static Filter Filter(WeightSource w, FilterShape stored, int inRoom, int outRoom) => w.MadeFilter(
        stored with { Out = outRoom, In = inRoom },
        read =>
        {
            int taps = stored.Kernel * stored.Kernel, row = stored.In * taps, roomy = inRoom * taps;
            float[] weight = new float[outRoom * roomy];
            for (int o = 0; o < stored.Out; o++) read[0].AsSpan(o * row, row).CopyTo(weight.AsSpan(o * roomy));
            return weight;
        },
        ("weight", [stored.Out, stored.In, stored.Kernel, stored.Kernel]));

    /// <summary>A bias or slopes of as many channels or more.</summary>
    internal static Tensor Vector(WeightSource w, string name, int channels, int room) =>
        w.MadeNumbers(Shape.Vector(room), read => [.. read[0], .. new float[room - channels]], (name, [channels]));
}
