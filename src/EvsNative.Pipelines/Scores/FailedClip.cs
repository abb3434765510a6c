namespace EvsNative.Pipelines.Scores;

/// <summary>A clip that could not be read, while others were scored.</summary>
/// <param name="Clip">as it was named</param>
/// <param name="Code">the kind of fault, as in the errors of <c>--json</c></param>
/// <param name="Message">one line</param>
public sealed record FailedClip(string Clip, string Code, string Message);
