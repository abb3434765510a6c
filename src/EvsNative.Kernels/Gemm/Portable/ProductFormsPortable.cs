namespace EvsNative.Kernels.Gemm;

/// <summary>Where a product's rows come from and where its columns go, as compile-time choices.</summary>
internal interface IProductForm
{
    /// <summary>Rows are windows of images; otherwise the rows of a matrix.</summary>
    static abstract bool IsConvolution { get; }

    /// <summary>
    /// Rows are windows of an image that is to be twice as high and wide, one for each of four results (the phases): tensor kernels alone.
    /// </summary>
    static abstract bool HasPhases { get; }

    /// <summary>Columns are values and gates in turn.</summary>
    static abstract bool IsGated { get; }

    /// <summary>Columns are sections with destinations of their own.</summary>
    static abstract bool IsSplit { get; }

    /// <summary>There may be a non-linearity: code for sixty-four numbers, that most products do without.</summary>
    static abstract bool HasActivation { get; }
}

internal readonly struct LinearForm : IProductForm
{
    public static bool IsConvolution => false;
    public static bool IsGated => false;
    public static bool IsSplit => false;
    public static bool HasPhases => false;
    public static bool HasActivation => false;
}

internal readonly struct ActivatedLinearForm : IProductForm
{
    public static bool IsConvolution => false;
    public static bool IsGated => false;
    public static bool IsSplit => false;
    public static bool HasPhases => false;
    public static bool HasActivation => true;
}

internal readonly struct SplitForm : IProductForm
{
    public static bool IsConvolution => false;
    public static bool IsGated => false;
    public static bool IsSplit => true;
    public static bool HasPhases => false;
    public static bool HasActivation => false;
}

internal readonly struct GatedForm : IProductForm
{
    public static bool IsConvolution => false;
    public static bool IsGated => true;
    public static bool IsSplit => false;
    public static bool HasPhases => false;
    public static bool HasActivation => false;
}

internal readonly struct ConvolutionForm : IProductForm
{
    public static bool IsConvolution => true;
    public static bool IsGated => false;
    public static bool IsSplit => false;
    public static bool HasPhases => false;
    public static bool HasActivation => false;
}

internal readonly struct ActivatedConvolutionForm : IProductForm
{
    public static bool IsConvolution => true;
    public static bool IsGated => false;
    public static bool IsSplit => false;
    public static bool HasPhases => false;
    public static bool HasActivation => true;
}
