using EvsNative.Models.Evs;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests;

/// <summary>The shortest runs: small weights by formula, one step of each model, frame by frame.</summary>
internal static class TestRequests
{
    public static RefineRequest Tiny(string clip, EvsMode mode, double upscale = 1, UpscaleIn upscaleIn = UpscaleIn.Pixels)
    {
        var choices = new Choices().With(ClipSettings.Clip, clip).With(ModelSettings.FakeWeights, "tiny").With(MethodSettings.Mode, mode)
            .With(PictureSettings.Upscale, upscale).With(PictureSettings.UpscaleIn, upscaleIn).With(PictureSettings.FramesPerPass, 1)
            .With(MethodSettings.ImageSteps, 2).With(MethodSettings.ImageStart, 1).With(MethodSettings.Guidance, 1.0);
        if (mode != EvsMode.T2I) choices = choices.With(MethodSettings.VideoSteps, 4).With(MethodSettings.VideoStart, 1);
        return new RefineRequest(choices);
    }
}
