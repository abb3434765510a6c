namespace EvsNative.Kernels.Attention;

/// <summary>What is added to scores before the softmax, as a compile-time choice.</summary>
internal unsafe interface IScoreBias
{
    static abstract bool IsPresent { get; }

    /// <summary>
    /// Writes the biases of keys and queries, rows of keys as far apart as a tile is wide. They are in units of products of queries and
    /// keys: sqrt(d) times those of scores.
    /// </summary>
    /// <param name="s">where they go</param>
    /// <param name="firstKey">the first row's key</param>
    /// <param name="keys">rows</param>
    /// <param name="firstQuery">the first column's query</param>
    /// <param name="vectors">columns, in vectors; those behind the last query get any numbers, the same each time</param>
    void Put(float* s, int firstKey, int keys, int firstQuery, int vectors);
}

/// <summary>Scores are products alone.</summary>
internal readonly unsafe struct NoScoreBias : IScoreBias
{
    public static bool IsPresent => false;

    public void Put(float* s, int firstKey, int keys, int firstQuery, int vectors) { }
}
