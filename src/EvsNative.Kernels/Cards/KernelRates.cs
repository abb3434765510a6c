namespace EvsNative.Kernels.Cards;

/// <summary>
/// What kernels of one kind are expected to reach on a card. Everything that predicts reads these figures, and nothing else holds any, so a
/// better source replaces them here.
/// </summary>
/// <param name="HalfProduct">FLOP/s of products and convolutions with long sums whose activations are binary16</param>
/// <param name="FloatProduct">the same of float32: tf32 on tensor cores, multiply-adds elsewhere</param>
/// <param name="LostDepth">channels' worth of time that a tile takes for filling and finishing, beside its sums</param>
/// <param name="Heads">FLOP/s of attention by the channels of a head</param>
/// <param name="WideBytes">bytes a second of products and attention, where bytes and not sums bound them</param>
/// <param name="NarrowBytes">bytes a second of norms and everything that does no sums</param>
/// <param name="Gap">seconds between the end of a kernel and the beginning of the next</param>
public sealed record KernelRates(
    double HalfProduct, double FloatProduct, double LostDepth, HeadRates Heads, double WideBytes, double NarrowBytes, double Gap);

/// <summary>FLOP/s of attention in binary16, without what is added to fill tiles, by the channels of a head.</summary>
/// <param name="To48">up to 48 channels</param>
/// <param name="To96">up to 96</param>
/// <param name="To200">up to 200</param>
/// <param name="Above">more, as in the autoencoder</param>
/// <param name="FloatShare">float32's rate as a share</param>
public sealed record HeadRates(double To48, double To96, double To200, double Above, double FloatShare)
{
    /// <summary>The rate for a head of so many channels.</summary>
    public double Of(int channels, ElementType type) =>
        (channels <= 48 ? To48 : channels <= 96 ? To96 : channels <= 200 ? To200 : Above) * (type == ElementType.Float16 ? 1 : FloatShare);
}
