using EvsNative.Fuzz.Running;

namespace EvsNative.Fuzz.Tests;

/// <summary>An input on which the product went wrong once, or its kind did.</summary>
/// <param name="Name">what it is</param>
/// <param name="Parser">the name of the parser</param>
/// <param name="Files">the input</param>
/// <param name="Wanted">what must become of it; null where either is right, as long as it is no finding</param>
internal sealed record CorpusRow(string Name, string Parser, IReadOnlyList<FuzzFile> Files, VerdictKind? Wanted = null);
