namespace EvsNative.Kernels;

/// <summary>The non-linearities of the models.</summary>
public enum Activation
{
    /// <summary>x</summary>
    None,

    /// <summary>x sigmoid(x)</summary>
    Silu,

    /// <summary>x sigmoid(1.702 x): CLIP ViT-L</summary>
    QuickGelu,

    /// <summary>0.5 x (1 + erf(x / sqrt 2)), the exact form</summary>
    Gelu,

    /// <summary>x above zero, else 0</summary>
    Relu,

    /// <summary>0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): SigLIP</summary>
    GeluTanh,

    /// <summary>1 / (1 + e^-x)</summary>
    Sigmoid,
}
