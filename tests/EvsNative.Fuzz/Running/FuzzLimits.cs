namespace EvsNative.Fuzz.Running;

/// <summary>What a parser may take and say. The only place where these numbers stand; docs/fuzzing.md tells them.</summary>
internal static class FuzzLimits
{
    /// <summary>Bytes that may be allocated for each byte of the input.</summary>
    public const int Factor = 64;

    /// <summary>Bytes that may be allocated whatever the input: buffers, tables, messages.</summary>
    public const long ReaderBytes = 8L << 20;

    /// <summary>The same where a model is opened and run dry behind the parser.</summary>
    public const long DryRunBytes = 16L << 20;

    /// <summary>The same where several are, one after the other: a plan for a limit of memory weighs each way of keeping weights.</summary>
    public const long DryRunsBytes = 3 * DryRunBytes;

    /// <summary>
    /// The same where memory outside of the garbage collector's is counted too: what the process holds grows by its own steps.
    /// </summary>
    public const long NativeBytes = 48L << 20;

    /// <summary>Longest line of a refusal, in characters, as the program prints it.</summary>
    public const int LineLength = 300;

    /// <summary>After this time a case counts as hanging. Most take less than a millisecond.</summary>
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    /// <summary>The same where a case starts programs, which a busy machine makes wait.</summary>
    public static readonly TimeSpan HangOfPrograms = TimeSpan.FromMinutes(2);

    /// <summary>Bytes of the stack on which parsers run: the system's usual for the first thread of a program.</summary>
    public const int StackBytes = 8 << 20;
}
