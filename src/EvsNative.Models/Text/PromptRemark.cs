namespace EvsNative.Models;

/// <summary>A piece of a prompt that means something to other programs and is read as plain words.</summary>
/// <param name="At">its place</param>
/// <param name="Kind">what it is: "schedule"</param>
/// <param name="Example">as it was written</param>
internal readonly record struct PromptRemark(int At, string Kind, string Example);
