using EvsNative.Kernels;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Memory;

/// <summary>What a smaller plan does to the result.</summary>
internal enum MemoryEffect
{
    /// <summary>It is equal to the bit.</summary>
    None,

    /// <summary>It differs by rounding: nobody sees it.</summary>
    Rounding,

    /// <summary>The picture is another one, if a similar one.</summary>
    Picture,
}

/// <summary>A step from a plan to a smaller one. The cheap ones come first; those that change the picture come last.</summary>
/// <param name="Name">what it does, for people</param>
/// <param name="Apply">makes the smaller plan</param>
/// <param name="Effect">what it does to the result</param>
internal sealed record MemoryMove(string Name, Func<MemoryPlan, MemoryPlan> Apply, MemoryEffect Effect = MemoryEffect.None)
{
    /// <summary>The moves that are free to a planner: what somebody has chosen stays as it was chosen.</summary>
    /// <param name="said">what was chosen</param>
    /// <param name="config">the method's choices</param>
    /// <param name="latents">[F,h,w,4] of the clip</param>
    /// <param name="window">frames that the video model sees at once</param>
    /// <param name="precision">how the device stores activations: with 16 bits the U-Net's weights have 16 too</param>
    public static IEnumerable<MemoryMove> All(Choices said, EvsConfig config, Shape latents, int window, ElementType precision)
    {
        if (!said.Says(PictureSettings.FramesPerPass))
        {
            foreach (int frames in new[] { 4, 1 }.Where(frames => frames < Math.Min(window, latents.N)))
                yield return new MemoryMove($"{frames} frames a pass", plan => plan with { FramesPerPass = frames });
        }

        if (!said.Says(PictureSettings.VaeTiling))
        {
            foreach (int rows in new[] { 32, 16, 8 }.Where(rows => rows < latents.H))
                yield return new MemoryMove($"tiles of {rows} rows", plan => plan with { VaeTiling = rows }, MemoryEffect.Rounding);
        }

        if (!said.Says(DeviceSettings.Weights))
        {
            foreach (var (name, stay) in new[] { ("weights in turn", WeightStay.InTurn), ("weights streamed", WeightStay.Streamed) })
                yield return new MemoryMove(name, plan => plan with { Weights = plan.Weights with { Stay = stay } });
        }

        if (!said.Says(DeviceSettings.HalveWeights) && precision == ElementType.Float32)
        {
            yield return new MemoryMove(
                "weights of 16 bits", plan => plan with { Weights = plan.Weights with { IsHalved = true } }, MemoryEffect.Picture);
        }

        if (said.Says(MethodSettings.Window) || !config.NeedsMotion) yield break;
        foreach (int frames in new[] { 8, 4 }.Where(frames => frames < Math.Min(window, latents.N)))
            yield return new MemoryMove($"windows of {frames} frames", plan => plan with { Window = frames }, MemoryEffect.Picture);
    }
}
