namespace EvsNative.Peers;

/// <summary>An operation that is ready to be called many times on the same numbers.</summary>
internal interface IPreparedCall : IDisposable
{
    /// <summary>Computes it once.</summary>
    void Run();

    /// <summary>What the last call computed, in PyTorch's order ([N,C,H,W] for pictures); several results one after the other.</summary>
    float[] Results();
}

/// <summary>One of the forms in which a library can be asked for the same numbers.</summary>
/// <param name="Name">as the bench prints it</param>
/// <param name="Make">prepares it</param>
internal sealed record Form(string Name, Func<IPreparedCall> Make);
