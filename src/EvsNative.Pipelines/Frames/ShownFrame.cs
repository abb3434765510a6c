namespace EvsNative.Pipelines.Frames;

/// <summary>What ffmpeg's filter <c>showinfo</c> tells of a frame.</summary>
/// <param name="Stamp">when it is shown, later than the one before</param>
/// <param name="Width">pixels; 0 where the line does not say</param>
/// <param name="Height">pixels; 0 where the line does not say</param>
/// <param name="IsInterlaced">whether it consists of two fields of different moments</param>
/// <param name="IsTransparent">whether a pixel is not fully opaque; known only of frames with a plane of opacity</param>
internal readonly record struct ShownFrame(TimeSpan Stamp, int Width, int Height, bool IsInterlaced, bool IsTransparent);
