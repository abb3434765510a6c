namespace EvsNative.Kernels;

/// <summary>gamma Q_inv + (1 - gamma) Q, the query of selective feature injection (EVS, Eq. 11).</summary>
/// <param name="Inverted">the recorded query, the shape of q</param>
/// <param name="Gamma">its weight, 0..1</param>
public readonly record struct QueryBlend(Tensor Inverted, float Gamma);

/// <summary>Which elements form a sequence.</summary>
public enum SequenceAxis
{
    /// <summary>The pixels (tokens) of one image.</summary>
    Tokens,

    /// <summary>One pixel through the frames of a video: elements H W C apart.</summary>
    Frames,
}

/// <summary>How attention reads its inputs. The scale is 1 / sqrt(head size).</summary>
/// <param name="Heads">heads are adjacent slices of the channels</param>
/// <param name="Axis">the sequence</param>
/// <param name="Frames">frames of one video where the axis is Frames; N is a multiple of it</param>
/// <param name="IsCausal">token i sees tokens 0..i only (CLIP)</param>
/// <param name="Blend">selective feature injection into the query</param>
public readonly record struct AttentionOptions(
    int Heads, SequenceAxis Axis = SequenceAxis.Tokens, int Frames = 0, bool IsCausal = false, QueryBlend? Blend = null);
