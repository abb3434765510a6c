namespace EvsNative.Kernels;

/// <summary>
/// How much each pixel of a is like what lies around a place of b, at several sizes of b. With p a pixel (column, row), q = p + scale
/// flow(p), side = 2 radius + 1 and channel l side^2 + s side + t, for s and t below side:
/// <code>
/// y(p)[l side^2 + s side + t] = a(p) . levels[l](q / 2^l + (s - radius, t - radius)) / sqrt(C)
/// </code>
/// Bilinear between pixels, and each pixel outside a level is zero: s goes along columns, t along rows.
/// </summary>
/// <param name="y">[N,H,W,levels * side^2]</param>
/// <param name="a">[N,H,W,C]</param>
/// <param name="levels">1 to 4 tensors [N,any,any,C]: b, and b made smaller by 2 again and again</param>
/// <param name="flow">[N,H,W,any] float32, in pixels</param>
/// <param name="radius">1 to 4</param>
/// <param name="channel">the one of the flow's channels that is along columns; the next is along rows</param>
/// <param name="scale">of the flow</param>
public readonly ref struct LookupCall(
    Tensor y, Tensor a, ReadOnlySpan<Tensor> levels, Tensor flow, int radius, int channel, float scale) : IKernelCall
{
    /// <summary>Levels that a call may have.</summary>
    internal const int MostLevels = 4;

    /// <summary>The largest radius.</summary>
    internal const int MostRadius = 4;

    /// <inheritdoc/>
    public static string Name => "Lookup";

    /// <summary>The destination.</summary>
    public Tensor Y { get; } = y;

    /// <summary>What is compared.</summary>
    public Tensor A { get; } = a;

    /// <summary>With what it is compared.</summary>
    public ReadOnlySpan<Tensor> Levels { get; } = levels;

    /// <summary>Where.</summary>
    public Tensor Flow { get; } = flow;

    /// <summary>How far around.</summary>
    public int Radius { get; } = radius;

    /// <summary>The flow's channel along columns.</summary>
    public int Channel { get; } = channel;

    /// <summary>Of the flow.</summary>
    public float Scale { get; } = scale;

    /// <summary>Products with pixels of a level for each pixel of a: all places around share one fraction.</summary>
    private int Corners => 4 * (Radius + 1) * (Radius + 1);

    /// <inheritdoc/>
    public long Flops => 2 * A.Shape.Count * Levels.Length * Corners;

    /// <inheritdoc/>
    public long Bytes
    {
        get
        {
            long bytes = Y.Bytes + A.Bytes + (2 * Flow.Bytes / Flow.Shape.C);
            foreach (var level in Levels) bytes += level.Bytes;
            return bytes;
        }
    }

    /// <inheritdoc/>
    public CallWork Work => new(WorkKind.Memory, Type: A.Type);

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        if (Radius is < 1 or > MostRadius) throw rules.Broken($"radius {Radius}, 1..{MostRadius} was expected");
        if (Levels.Length is < 1 or > MostLevels) throw rules.Broken($"{Levels.Length} levels, 1..{MostLevels} were expected");
        if (!float.IsFinite(Scale)) throw rules.Broken($"scale {Scale}, a number was expected");
        int side = (2 * Radius) + 1;
        rules.Is("y", Y, A.Shape with { C = Levels.Length * side * side });
        rules.SameType("y", Y, A, "a");
        rules.Beside("flow", Flow, A, Channel, 2);
        rules.IsFloat32("flow", Flow);
        rules.Apart(Y, A, "a");
        rules.Apart(Y, Flow, "flow");
        foreach (var level in Levels)
        {
            rules.Is("a level", level, level.Shape with { N = A.Shape.N, C = A.Shape.C });
            rules.SameType("y", Y, level, "a level");
            rules.Apart(Y, level, "a level");
        }
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="LookupCall"/>
    public static void Lookup(
        this IKernels kernels, Tensor y, Tensor a, ReadOnlySpan<Tensor> levels, Tensor flow, int radius, int channel = 0,
        float scale = 1) =>
        kernels.Run(new LookupCall(y, a, levels, flow, radius, channel, scale));
}
