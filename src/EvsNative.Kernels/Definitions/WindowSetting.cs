namespace EvsNative.Kernels.Definitions;

/// <summary>The options of an attention in windows, on the host.</summary>
internal sealed record WindowSetting(
    int Heads, int Frames, (int D, int H, int W) Window, (int D, int H, int W) Shift, Values Near, Values? Fragment = null,
    Values? PaddedK = null, Values? PaddedV = null)
{
    /// <summary>As a device is given them.</summary>
    public WindowAttentionOptions On(Device d) => new(
        Heads, Frames, Window, Shift, Near.OnFloat32(d), Fragment?.OnFloat32(d), PaddedK?.OnFloat32(d), PaddedV?.OnFloat32(d));
}
