namespace EvsNative.Kernels.Definitions;

/// <summary>A call of an operation with everything prepared, and what it should leave behind.</summary>
/// <param name="Run">calls it, as often as one likes</param>
/// <param name="Result">what the call left behind, as numbers</param>
/// <param name="Defined">what it is by definition, in float64</param>
internal sealed record Trial(Action Run, Func<float[]> Result, Func<double[]> Defined)
{
    /// <summary>A call that leaves its result in a tensor.</summary>
    public static Trial Into(Device d, Tensor y, Action run, Func<double[]> defined) => new(run, () => d.Download(y), defined);
}

/// <summary>One form of an operation, for self-tests and for whatever else has to go through all of them.</summary>
/// <param name="Call">the operation</param>
/// <param name="Name">its word, and which form of it</param>
/// <param name="Prepare">
/// makes a call on a device, in the scope that is open; its tensors are about as large as the shape, and all their numbers come from the
/// inputs given
/// </param>
/// <param name="IsExact">rounding explains nothing</param>
internal sealed record SelfTestRow(Type Call, string Name, Func<Device, Shape, SelfTestInputs, Trial> Prepare, bool IsExact = false)
{
    /// <summary>A product goes before the operation, and its rounding comes with it.</summary>
    public bool HasProduct { get; init; }

    /// <summary>The operation's word.</summary>
    public string Word => Name.Split(',')[0];

    /// <summary>A row of an operation.</summary>
    public static SelfTestRow Of<TCall>(string form, Func<Device, Shape, SelfTestInputs, Trial> prepare, bool isExact = false)
        where TCall : struct, IKernelCall, allows ref struct =>
        new(typeof(TCall), form.Length > 0 ? $"{TCall.Name}, {form}" : TCall.Name, prepare, isExact);
}
