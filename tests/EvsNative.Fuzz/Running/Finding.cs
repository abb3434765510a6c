namespace EvsNative.Fuzz.Running;

/// <summary>A case that ended as no case may.</summary>
/// <param name="Target">the parser</param>
/// <param name="Number">the case</param>
/// <param name="What">the kind: cases with the same word are one finding</param>
/// <param name="Text">what was said</param>
/// <param name="Files">what was read; empty where it can be made again only from the number</param>
internal sealed record Finding(string Target, long Number, string What, string Text, IReadOnlyList<FuzzFile> Files)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Target} case {Number}: {What}: {Text}";
}
