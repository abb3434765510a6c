namespace EvsNative.Models.Evs;

/// <summary>Gives the frames of a clip, each when its turn has come, so that they need not be in memory together.</summary>
/// <param name="frame">its number, 0 for the first; they are asked for in order</param>
/// <param name="rgb">[H,W,3], to be filled</param>
public delegate void FrameSource(int frame, Span<byte> rgb);

/// <summary>Takes the frames of a result, each when it is done.</summary>
/// <param name="frame">its number, 0 for the first; they come in order</param>
/// <param name="rgb">[H,W,3], valid until the call returns</param>
public delegate void FrameSink(int frame, ReadOnlySpan<byte> rgb);
