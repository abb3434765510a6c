using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>What every layer of the U-Net is told beside the picture.</summary>
/// <param name="Temb">[1,1,1,T], the time embedding through SiLU</param>
/// <param name="Text">[1,1,J,T] or [N,1,J,T]</param>
/// <param name="Frames">frames of one video; 0 leaves the motion modules out</param>
/// <param name="NormAcrossFrames">the motion modules' norm sees a video as one</param>
/// <param name="Tap">recorded features, or features to record</param>
internal readonly record struct Conditioning(Tensor Temb, Tensor Text, int Frames, bool NormAcrossFrames, IFeatureTap? Tap);
