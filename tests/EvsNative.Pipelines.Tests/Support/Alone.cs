namespace EvsNative.Pipelines.Tests;

/// <summary>Tests that count what the process allocates: no other runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
