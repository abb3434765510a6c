namespace EvsNative.Pipelines.Hub;

/// <summary>Something that may pass: a server is busy, a connection breaks. The same is asked for again after a while.</summary>
/// <param name="message">what happened, in words that follow the server's name</param>
/// <param name="wait">how long the server wants to be left alone</param>
/// <param name="cause">what the system said</param>
internal sealed class HubTrouble(string message, TimeSpan? wait = null, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>How long the server wants to be left alone.</summary>
    public TimeSpan? Wait => wait;
}

/// <summary>A repository changed while its files were fetched: the list of its files is to be read anew.</summary>
internal sealed class HubChanged(string message) : Exception(message);
