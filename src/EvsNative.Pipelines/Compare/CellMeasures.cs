namespace EvsNative.Pipelines.Compare;

/// <summary>What can be said of a result without a judge. A number that the clip is too short or too small for is null.</summary>
/// <param name="PsnrToInput">to the clip that was given, enlarged to the result's size, over all frames and channels, dB</param>
/// <param name="SsimToInput">the mean over frames of the SSIM of their luma, to the same</param>
/// <param name="Flicker">see <see cref="Measures.VideoMeasures.Flicker"/></param>
/// <param name="Residual">see <see cref="Measures.VideoMeasures.Residual"/></param>
/// <param name="Sharpness">see <see cref="Measures.VideoMeasures.Sharpness"/></param>
/// <param name="PsnrToClean">to what the clip should have been, which only the demo knows, dB</param>
public sealed record CellMeasures(
    double? PsnrToInput, double? SsimToInput, double? Flicker, double? Residual, double? Sharpness, double? PsnrToClean);
