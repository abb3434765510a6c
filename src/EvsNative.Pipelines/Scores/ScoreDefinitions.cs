using System.Globalization;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Scores;

/// <summary>What a score is, in a line: whose definition, which frames, which choices. Figures without it cannot be compared.</summary>
public static class ScoreDefinitions
{
    /// <summary>PSNR and SSIM.</summary>
    public const string Compared =
        "PSNR over all frames and channels, SSIM of luma with a Gaussian window of 11 x 11 pixels; flicker, residual and sharpness are "
        + "this program's own, in grey levels; the original is scaled to the clip's size by a bicubic filter";

    /// <summary>The paper's Overall.</summary>
    public const string Overall =
        "as recovered from the paper's tables, its bounds and not VBench's; it belongs to this set of clips, and counts from D0, the mean "
        + "DOVER of the originals";

    /// <summary>A score as a request has it.</summary>
    public static string Of(ScoreKind kind, ScoreRequest request) => kind switch
    {
        ScoreKind.Motion => "as VBench has it: AMT-S at full size between each two even frames, cut to bytes, against the odd ones",
        ScoreKind.Subject =>
            "as VBench has it: DINO ViT-B/16 of all frames, resized as floats to a shorter side of 224; of a set, the mean over all frames",
        ScoreKind.Dover => string.Create(
            CultureInfo.InvariantCulture,
            $"as its authors' script has it: 3 x 32 frames in fragments of {Seeds(request)}, 32 frames at 224 x 224 "
            + $"{(request.DoverAntialias ? "with" : "without")} antialiasing; parts of long clips start at their first frame"),
        _ => "Aesthetic Predictor V2.5 of all frames, squeezed to 384 x 384, in float32",
    };

    private static string Seeds(ScoreRequest request) => request.DoverSamples == 1
        ? $"seed {request.DoverSeed}"
        : $"seeds {request.DoverSeed} to {request.DoverSeed + (uint)request.DoverSamples - 1}";
}
