using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Compare;

/// <summary>A clip of a comparison.</summary>
/// <param name="Name">what tables call it</param>
/// <param name="Choices">all that was said of it and of all clips: where it lies, what it shows, the model</param>
public sealed record CompareClip(string Name, Choices Choices);
