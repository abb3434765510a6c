using EvsNative.Kernels;

namespace EvsNative.Models;

/// <summary>What the networks are told to show and to avoid.</summary>
/// <param name="Positive">[1,1,77,T], the prompt's words</param>
/// <param name="Negative">[1,1,77,T], the negative prompt's; an empty prompt has words too</param>
public readonly record struct TextConditions(Tensor Positive, Tensor Negative);
