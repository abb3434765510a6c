namespace EvsNative.Pipelines.Runs;

/// <summary>A run was stopped, and what it has done is kept.</summary>
/// <param name="folder">where</param>
public sealed class RunStoppedException(string folder)
    : OperationCanceledException($"stopped; what is done is kept in {folder}: the same command goes on with it")
{
    /// <summary>The run folder.</summary>
    public string Folder => folder;
}
