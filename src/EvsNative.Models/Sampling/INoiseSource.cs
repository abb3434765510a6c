using EvsNative.Kernels;

namespace EvsNative.Models.Sampling;

/// <summary>Where a run's Gaussian numbers come from.</summary>
public interface INoiseSource
{
    /// <summary>Fills a tensor [F,h,w,C].</summary>
    /// <param name="d">the device</param>
    /// <param name="noise">to fill, float32</param>
    /// <param name="firstFrame">the number that its first frame has in the clip</param>
    /// <param name="entry">which entry of the plan the noise belongs to; entries that share noise have the same number</param>
    /// <param name="draw">0 for the entry itself, n for the n-th step after it that needs fresh noise</param>
    void Fill(Device d, Tensor noise, int firstFrame, int entry, int draw);
}
