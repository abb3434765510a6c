using System.Runtime.InteropServices;
using EvsNative.Kernels;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>
/// Predicted noise before guidance is applied: negative + guidance (positive - negative), or positive alone. Guidance and the sampler's
/// step are one linear combination, unless guidance is rescaled: then positive is guided already.
/// </summary>
/// <param name="Positive">the prediction with the prompt, or a guided one; float32</param>
/// <param name="Negative">the prediction with the negative prompt, if guidance is still to be applied</param>
/// <param name="Guidance">how far to lead away from the latter</param>
internal readonly record struct Prediction(Tensor Positive, Tensor? Negative = null, double Guidance = 1)
{
    /// <summary>Length of <see cref="Save"/>'s result.</summary>
    public long Bytes => Negative is { } negative ? Positive.Bytes + negative.Bytes : Positive.Bytes;

    /// <summary>y = mix of latents and the guided prediction, and of noise where the mix has any. y may be the latents.</summary>
    public void Apply(Device d, Tensor y, Tensor latents, Mix mix, Tensor? noise = null)
    {
        float own = (float)mix.Latents;
        if (Negative is { } negative)
            d.Kernels.Combine(y, own, latents, (float)(mix.Epsilon * Guidance), Positive, (float)(mix.Epsilon * (1 - Guidance)), negative);
        else d.Kernels.Combine(y, own, latents, (float)mix.Epsilon, Positive);
        if (noise is { } fresh) d.Kernels.Combine(y, 1, y, (float)mix.Noise, fresh);
    }

    /// <summary>y = the guided prediction.</summary>
    public void CopyTo(Device d, Tensor y)
    {
        if (Negative is { } negative) d.Kernels.Combine(y, (float)Guidance, Positive, (float)(1 - Guidance), negative);
        else d.Kernels.Copy(y, Positive);
    }

    /// <summary>Blends a window's prediction into this one of the whole clip.</summary>
    public void Blend(Device d, FrameWindow window, Prediction part)
    {
        window.Blend(d, Positive, part.Positive);
        if (Negative is { } negative) window.Blend(d, negative, part.Negative!.Value);
    }

    /// <summary>Writes it to the host: positive, then negative if there is one, float32.</summary>
    public void Save(Device d, Span<byte> bytes)
    {
        var values = MemoryMarshal.Cast<byte, float>(bytes);
        int count = (int)Positive.Shape.Count;
        d.Read(Positive, values[..count]);
        if (Negative is { } negative) d.Read(negative, values[count..]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(Device d, ReadOnlySpan<byte> bytes)
    {
        var values = MemoryMarshal.Cast<byte, float>(bytes);
        int count = (int)Positive.Shape.Count;
        d.Write(Positive, values[..count]);
        if (Negative is { } negative) d.Write(negative, values[count..]);
    }
}
