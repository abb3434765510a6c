namespace EvsNative.Kernels.Norm;

/// <summary>Mean and squared deviations of each channel over runs of pixels, by the pass of a group norm that reads them.</summary>
/// <param name="norm">whose pass it is</param>
internal sealed class ChannelMomentsPortable(GroupNormPortable norm) : IOperation<ChannelMomentsCall>
{
    public void Run(in ChannelMomentsCall call) => norm.Leave(call.X, call.Moments);
}
