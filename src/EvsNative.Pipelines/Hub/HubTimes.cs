namespace EvsNative.Pipelines.Hub;

/// <summary>How long a server is waited for, and how often it is asked again.</summary>
internal sealed record HubTimes
{
    /// <summary>Until a connection is there.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Until an answer begins.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Without a single byte.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Before the second try; each later one is waited for twice as long.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause, whatever the server asks for.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Tries without progress before it is given up.</summary>
    public int Tries { get; init; } = 6;

    /// <summary>Tries to reach a server that has not answered yet: a wrong name is told soon.</summary>
    public int FirstTries { get; init; } = 2;

    /// <summary>Bytes that count as progress.</summary>
    public long Progress { get; init; } = 1 << 20;

    /// <summary>Between two looks at a lock that another program holds.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(500);
}
