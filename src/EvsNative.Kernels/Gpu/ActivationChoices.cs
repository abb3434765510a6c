namespace EvsNative.Kernels.Gpu;

/// <summary>
/// A non-linearity chosen at compile time: a policy. A choice at run time keeps compilers from making vectors of a processor's threads.
/// </summary>
internal interface IActivationChoice
{
    static abstract Activation Value { get; }
}

/// <summary>x</summary>
internal readonly struct ChooseNone : IActivationChoice
{
    public static Activation Value => Activation.None;
}

/// <summary>SiLU</summary>
internal readonly struct ChooseSilu : IActivationChoice
{
    public static Activation Value => Activation.Silu;
}

/// <summary>GELU by the logistic function</summary>
internal readonly struct ChooseQuickGelu : IActivationChoice
{
    public static Activation Value => Activation.QuickGelu;
}

/// <summary>GELU</summary>
internal readonly struct ChooseGelu : IActivationChoice
{
    public static Activation Value => Activation.Gelu;
}

/// <summary>ReLU</summary>
internal readonly struct ChooseRelu : IActivationChoice
{
    public static Activation Value => Activation.Relu;
}

/// <summary>GELU by the hyperbolic tangent</summary>
internal readonly struct ChooseGeluTanh : IActivationChoice
{
    public static Activation Value => Activation.GeluTanh;
}

/// <summary>The logistic function</summary>
internal readonly struct ChooseSigmoid : IActivationChoice
{
    public static Activation Value => Activation.Sigmoid;
}

/// <summary>The policy of a non-linearity.</summary>
internal static class ActivationChoices
{
    public static Type Policy(this Activation activation) => activation switch
    {
        Activation.Silu => typeof(ChooseSilu),
        Activation.QuickGelu => typeof(ChooseQuickGelu),
        Activation.Gelu => typeof(ChooseGelu),
        Activation.Relu => typeof(ChooseRelu),
        Activation.GeluTanh => typeof(ChooseGeluTanh),
        Activation.Sigmoid => typeof(ChooseSigmoid),
        _ => typeof(ChooseNone),
    };
}
