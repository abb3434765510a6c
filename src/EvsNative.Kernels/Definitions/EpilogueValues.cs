namespace EvsNative.Kernels.Definitions;

/// <summary>An epilogue with its values on the host.</summary>
internal sealed record EpilogueValues(
    Values? Bias = null, Values? PerImage = null, Values? Residual = null, Activation Activation = Activation.None)
{
    public Epilogue On(Device d) => new(Bias?.OnFloat32(d), PerImage?.OnFloat32(d), Residual?.On(d), Activation);

    public double Of(double v, int n, int i, int j, int o)
    {
        v += Bias?[0, 0, 0, o] ?? 0;
        v += PerImage is null ? 0 : PerImage[PerImage.Shape.N == 1 ? 0 : n, 0, 0, o];
        return Elementary.Activate(v, Activation) + (Residual?[n, i, j, o] ?? 0);
    }

    public override string ToString() => $"bias {Bias?.Shape}, per image {PerImage?.Shape}, residual {Residual?.Shape}, {Activation}";
}
