namespace EvsNative.Kernels.Decorators;

/// <summary>The calls' own rules, once, in front of every backend. Nothing is allocated unless a rule is broken.</summary>
/// <param name="inner">the next in line</param>
/// <param name="path">the module that computes</param>
/// <param name="isDry">weights may come without values</param>
/// <param name="hasMoments">products leave moments of their results</param>
internal sealed class CheckedKernels(IKernels inner, Func<string> path, bool isDry = false, bool hasMoments = false) : IKernels
{
    /// <inheritdoc/>
    public Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage)
    {
        var rules = new CallRules(nameof(Pack), path);
        if (shape.Out < 1 || shape.In < 1) throw rules.Broken($"filter {shape} is empty, every size is at least 1");
        if (shape.Kernel is not (1 or 3)) throw rules.Broken($"filter {shape} has kernel {shape.Kernel}, 1 or 3 was expected");
        if (shape.Sections is < 1 or > 3 || shape.Out % shape.Sections != 0)
            throw rules.Broken($"filter {shape} in {shape.Sections} sections, 1, 2 or 3 equal ones were expected");
        if (shape.IsGated && (shape.Out % 2 != 0 || shape.Sections != 1))
        {
            throw rules.Broken(
                $"gated filter {shape} of {shape.Sections} sections, an even number of channels in one section was expected");
        }

        if (shape.Kernel != 1 && (shape.IsGated || shape.Sections != 1))
            throw rules.Broken($"filter {shape} is gated or in sections, its kernel must be 1");
        if (shape.IsEnlarging && shape.Kernel != 3) throw rules.Broken($"filter {shape} is for enlarged inputs, its kernel must be 3");
        if (weights.Length != shape.Count && !(isDry && weights.IsEmpty))
            throw rules.Broken($"{weights.Length} values do not fill {shape}, {shape.Count} were expected");
        return inner.Pack(shape, weights, storage);
    }

    /// <inheritdoc/>
    public void Run<TCall>(in TCall call) where TCall : struct, IKernelCall, allows ref struct
    {
        call.Check(new CallRules(TCall.Name, path, hasMoments));
        inner.Run(call);
    }
}
