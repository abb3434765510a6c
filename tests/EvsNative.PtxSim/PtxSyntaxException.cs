namespace EvsNative.PtxSim;

/// <summary>PTX text that the interpreter does not understand.</summary>
public sealed class PtxSyntaxException(int line, string what) : Exception($"line {line}: {what}")
{
    /// <summary>Line of the text, from 1.</summary>
    public int Line => line;
}
