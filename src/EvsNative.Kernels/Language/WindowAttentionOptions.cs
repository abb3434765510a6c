namespace EvsNative.Kernels;

/// <summary>
/// Attention in windows of clips (Swin in three dimensions). The scale is 1 / sqrt(head size). Along an axis whose extent is not larger
/// than the window, the window is the extent and nothing is shifted. A token of a smaller window has the relative place of the token with
/// the same number in a whole one, as in the original.
/// </summary>
/// <param name="Heads">heads are adjacent slices of the channels, 32 at most in each</param>
/// <param name="Frames">frames of a clip: N is a multiple of it</param>
/// <param name="Window">frames, rows and columns of a window</param>
/// <param name="Shift">how far windows are shifted, cyclically: 0 or more, less than the window</param>
/// <param name="Near">biases by relative place, [1,1,(2 D - 1)(2 H - 1)(2 W - 1),heads] float32, for tokens of different fragments</param>
/// <param name="Fragment">
/// the same within a fragment: with g the distance of two tokens' fragments, of which a window's extent fills the padded picture, a bias is
/// g Near + (1 - g) Fragment. Without it, Near
/// </param>
/// <param name="PaddedK">
/// the key of what is appended where the extents are no multiples of the window, [1,1,1,C] float32; read where there is such padding
/// </param>
/// <param name="PaddedV">the value of it</param>
public readonly record struct WindowAttentionOptions(
    int Heads, int Frames, (int D, int H, int W) Window, (int D, int H, int W) Shift, Tensor Near, Tensor? Fragment = null,
    Tensor? PaddedK = null, Tensor? PaddedV = null);
