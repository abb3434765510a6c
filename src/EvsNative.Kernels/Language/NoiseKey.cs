namespace EvsNative.Kernels;

/// <summary>
/// Which Gaussian numbers a noise tensor holds. The number at (frame, index) depends on these fields alone, so it is the same to the bit on
/// every system and backend, for every thread count and for every grouping of frames.
/// </summary>
/// <param name="Seed">the user's seed</param>
/// <param name="Draw">which draw of the run: a different one for each entry and each step that needs fresh noise</param>
/// <param name="FirstFrame">frame number of the tensor's first image</param>
/// <param name="Shared">
/// 0: every frame has noise of its own; 1: all frames share one; between: sqrt(1 - Shared) own + sqrt(Shared) shared, unit variance
/// throughout
/// </param>
public readonly record struct NoiseKey(ulong Seed, int Draw, int FirstFrame = 0, float Shared = 0);
