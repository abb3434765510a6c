using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>A call of attention for mutants.</summary>
/// <param name="HeadSize">channels of a head</param>
/// <param name="Queries">of a sequence; pixels where it goes along the frames</param>
/// <param name="Keys">of a sequence; not said where it goes along the frames</param>
internal sealed record TensorMutantAttention(int HeadSize, int Queries, int Keys = 0)
{
    public int Heads { get; init; } = 2;

    public int Images { get; init; } = 2;

    /// <summary>Frames of a video: attention goes along them. 0 for attention over tokens.</summary>
    public int Frames { get; init; }

    /// <summary>All images have the same keys.</summary>
    public bool SharesKeys { get; init; }

    /// <summary>Recorded queries are blended in.</summary>
    public bool IsBlended { get; init; }

    /// <summary>Scores grow so much from key to key that the streaming softmax has to look for its largest one again.</summary>
    public bool IsGrowing { get; init; }

    /// <summary>Only the kernel of long sequences, however few keys there are.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>Scores of wide heads are all in temporary memory at a time, and do not begin it.</summary>
    public bool IsCrowded { get; init; }

    /// <summary>Prepares the call.</summary>
    public TensorMutantCase On(TensorMutantDevice d, ElementType type)
    {
        var draw = new Draw(HeadSize + Queries + Keys);
        int images = Frames > 0 ? Images * Frames : Images;
        var s = new Shape(images, 1, Queries, Heads * HeadSize);
        var t = Frames > 0 ? s : new Shape(SharesKeys ? 1 : images, 1, Keys, s.C);
        Values q = Values.Halves(draw, s), k = Grown(Values.Halves(draw, t)), v = Values.Halves(draw, t);
        var inverted = IsBlended ? Values.Halves(draw, s) : null;
        const float Gamma = 0.75f;
        double[] wanted = Frames > 0
            ? Attentions.AttendFrames(q, k, v, Heads, Frames, inverted, Gamma)
            : Attentions.Attend(q, k, v, Heads, inverted: inverted, gamma: Gamma);
        var options = Frames > 0 ? new AttentionOptions(Heads, SequenceAxis.Frames, Frames) : new AttentionOptions(Heads);
        if (inverted is not null) options = options with { Blend = new QueryBlend(d.Upload(inverted, type), Gamma) };
        var y = d.Rent(s, type);
        var call = new AttentionCall(y, d.Upload(q, type), d.Upload(k, type), d.Upload(v, type), options);
        var operation = IsStreamed ? d.Streaming : IsCrowded ? d.Crowded : d.Attention;
        return new TensorMutantCase(() => d.After(() => operation.Run(call), y), wanted);
    }

    private Values Grown(Values k) => !IsGrowing ? k : new Values(
        k.Shape, [.. k.Data.Select((value, i) => (float)(Half)(value * MathF.Pow(2, 6f * (i / k.Shape.C % k.Shape.W) / k.Shape.W)))]);
}
