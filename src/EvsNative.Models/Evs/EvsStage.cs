using EvsNative.Kernels;

namespace EvsNative.Models.Evs;

/// <summary>Which model a stage asks.</summary>
public enum Expert
{
    /// <summary>The text-to-image model, frame by frame: sharp, flickering.</summary>
    Image,

    /// <summary>The text-to-video model, all frames together: steady, soft.</summary>
    Video,
}

/// <summary>How a stage gets from a clean estimate to its first noise level.</summary>
public enum Entry
{
    /// <summary>By Gaussian noise.</summary>
    Noise,

    /// <summary>By climbing through the model's own predictions (DDIM inversion), recording features if any are to be injected.</summary>
    Invert,

    /// <summary>Along the expert's last prediction, as if its own step had led here: no fresh noise.</summary>
    Direction,
}

/// <summary>
/// One stage: an expert takes a clean estimate up to step From of its own schedule and denoises steps From..To, both included. It hands
/// on the clean estimate of its last step.
/// </summary>
/// <param name="Expert">the model</param>
/// <param name="Entry">the way up</param>
/// <param name="From">first step, the noisiest</param>
/// <param name="To">last step, at least 1; the latents end at level To - 1</param>
/// <param name="NoiseEntry">
/// which noise is added on entry; stages with the same number get the same. Fresh noise of later steps is each stage's own
/// </param>
/// <param name="Scale">height and width of its latents over those of the input's</param>
public readonly record struct EvsStage(Expert Expert, Entry Entry, int From, int To, int NoiseEntry = 0, double Scale = 1)
{
    /// <summary>Steps down.</summary>
    public int Steps => From - To + 1;

    /// <summary>Steps up, each one unguided network call.</summary>
    public int Climb => Entry == Entry.Invert ? From : 0;

    /// <summary>Network calls on the whole clip, given the passes of a guided step.</summary>
    public int Calls(int passesPerStep) => Climb + (passesPerStep * Steps);

    /// <summary>Shape of its latents where the input's latents have this one.</summary>
    public Shape SizeOf(Shape input) =>
        input with { H = (int)Math.Round(input.H * Scale), W = (int)Math.Round(input.W * Scale) };

    /// <summary>Such as "video 4..3".</summary>
    public override string ToString() => $"{(Expert == Expert.Image ? "image" : "video")} {From}..{To}";
}
