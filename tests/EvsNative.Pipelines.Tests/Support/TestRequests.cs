using EvsNative.Models.Evs;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Tests;

/// <summary>The shortest runs: small weights by formula, one step of each model.</summary>
internal static class TestRequests
{
    public static RefineRequest Tiny(string clip, EvsMode mode, double upscale = 1, UpscaleIn upscaleIn = UpscaleIn.Pixels) => new()
    {
        Input = clip,
        FakeWeights = "tiny",
        Upscale = upscale,
        Choose = config => config with
        {
            Mode = mode,
            Upscale = upscale,
            UpscaleIn = upscaleIn,
            FramesPerPass = 1,
            ImageSteps = 2,
            ImageStart = 1,
            VideoSteps = 4,
            VideoStart = 1,
            ImageGuidance = 1,
        },
    };
}
