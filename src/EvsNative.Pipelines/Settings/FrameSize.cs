namespace EvsNative.Pipelines.Settings;

/// <summary>Width and height of frames.</summary>
/// <param name="Width">pixels</param>
/// <param name="Height">pixels</param>
public readonly record struct FrameSize(int Width, int Height)
{
    /// <summary>The shorter side.</summary>
    public int Shorter => Math.Min(Width, Height);

    /// <summary>The longer side.</summary>
    public int Longer => Math.Max(Width, Height);

    /// <summary>Such as "1024x640".</summary>
    public override string ToString() => $"{Width}x{Height}";
}
