namespace EvsNative.Kernels.Tests;

/// <summary>Tests that watch the whole process, and so run alone.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public sealed class WholeProcess;
