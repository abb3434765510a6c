namespace EvsNative.Kernels;

/// <summary>What a product adds before it stores: y = activation(x W + bias + perImage) + residual.</summary>
/// <param name="Bias">[1,1,1,C]</param>
/// <param name="PerImage">[1,1,1,C] for all images, or [N,1,1,C] with a vector for each</param>
/// <param name="Residual">the shape of y; it may be y itself</param>
/// <param name="Activation">applied before the residual is added</param>
/// <param name="Moments">
/// receives the <see cref="ChannelMoments"/> of y, on devices whose products leave them; what comes back from a device's RentMoments
/// </param>
public readonly record struct Epilogue(
    Tensor? Bias = null, Tensor? PerImage = null, Tensor? Residual = null, Activation Activation = Activation.None,
    Tensor? Moments = null);
