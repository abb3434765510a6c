namespace EvsNative.Kernels;

/// <summary>What the parts of a call cost.</summary>
internal static class CallCost
{
    /// <summary>Every row meets every weight.</summary>
    public static long Flops(this Filter filter, long rows) => 2 * rows * filter.Shape.Count;

    /// <summary>Weights count in the type of the activations, however they are kept.</summary>
    public static long Bytes(this Filter filter, Tensor x) => filter.Shape.Count * x.Type.Bytes();

    public static long Bytes(this Tensor? tensor) => tensor?.Bytes ?? 0;

    public static long Bytes(this in Epilogue epilogue) =>
        epilogue.Bias.Bytes() + epilogue.PerImage.Bytes() + epilogue.Residual.Bytes() + epilogue.Moments.Bytes();
}
