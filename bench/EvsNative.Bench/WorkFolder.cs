namespace EvsNative.Bench;

/// <summary>A folder for what a bench writes, gone at its end.</summary>
internal sealed class WorkFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("evsnative-bench").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
