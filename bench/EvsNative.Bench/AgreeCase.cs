using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>A call that is tried on two sets of kernels.</summary>
/// <param name="Name">for people</param>
/// <param name="Prepare">makes it on a device, in the scope that is open, for so many images</param>
/// <param name="Images">how many at once; results of the first must not depend on it</param>
internal sealed record AgreeCase(string Name, Func<Device, int, AgreeTrial> Prepare, int Images = 2);

/// <summary>A call with its tensors.</summary>
/// <param name="Results">where it leaves its results</param>
/// <param name="Run">does it</param>
/// <param name="Filters">to be given back</param>
/// <param name="Defined">an element of a result by definition, in float64; absent where that takes too long</param>
internal sealed record AgreeTrial(
    IReadOnlyList<Tensor> Results, Action Run, IReadOnlyList<Filter> Filters, Func<int, long, double>? Defined);
