using EvsNative.Kernels;

namespace EvsNative.Models.Flow;

/// <summary>
/// Two flows in one tensor [1,H,W,4]: from each pixel of the frame that is made to the first picture (x, y) and to the second (x, y), in
/// pixels.
/// </summary>
internal static class FlowPair
{
    /// <summary>Channels of one flow.</summary>
    public const int One = 2;

    /// <summary>Channels of both.</summary>
    public const int Channels = 2 * One;

    /// <summary>The channel where the flow to the first picture begins.</summary>
    public const int First = 0;

    /// <summary>The channel where the flow to the second picture begins.</summary>
    public const int Second = One;

    /// <summary>Flows of a picture of another size: their pixels are larger or smaller too.</summary>
    /// <param name="d">the device</param>
    /// <param name="flow">[1,H,W,4]</param>
    /// <param name="into">[1,H',W',4], H' : H as W' : W</param>
    public static void Scale(Device d, Tensor flow, Tensor into)
    {
        d.Kernels.Resize(into, flow, Interpolation.Bilinear);
        d.Kernels.Combine(into, (float)into.Shape.H / flow.Shape.H, into);
    }
}
