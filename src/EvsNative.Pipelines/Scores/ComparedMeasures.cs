using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Scores;

/// <summary>A clip beside the unprocessed one. That is scaled to the clip's size by Pillow's bicubic filter where they differ.</summary>
/// <param name="Psnr">over all frames and channels, in dB; infinite where the two are equal</param>
/// <param name="Ssim">
/// mean over frames of the structural similarity of their luma, with a Gaussian window of 11 x 11 pixels (sigma 1.5) at places where it
/// fits; null for smaller frames
/// </param>
/// <param name="Before">flicker, residual and sharpness of the unprocessed clip</param>
/// <param name="After">those of the clip</param>
public sealed record ComparedMeasures(double Psnr, double? Ssim, VideoMeasures Before, VideoMeasures After);
