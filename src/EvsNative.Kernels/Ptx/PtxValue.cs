namespace EvsNative.Kernels.Ptx;

/// <summary>What is known of a register: an integer, or an address in an array.</summary>
/// <param name="Array">the array's name; empty for an integer</param>
/// <param name="Number">the integer, sign-extended; or the offset in bytes, null if only the array is known</param>
internal readonly record struct PtxValue(string Array, long? Number)
{
    /// <summary>True for an integer.</summary>
    public bool IsInteger => Array.Length == 0;

    public static PtxValue Of(long number) => new("", number);
}

/// <summary>The known registers at one place of a program. What is not in it is unknown.</summary>
internal sealed class PtxState
{
    private readonly Dictionary<string, PtxValue> _known;

    public PtxState() => _known = [];

    public PtxState(PtxState other) => _known = new Dictionary<string, PtxValue>(other._known);

    public PtxValue? this[string register]
    {
        get => _known.TryGetValue(register, out var value) ? value : null;
        set
        {
            if (value is { } known) _known[register] = known;
            else _known.Remove(register);
        }
    }

    /// <summary>Keeps what both know. Of different places in one array the array stays known.</summary>
    public void Join(PtxState other)
    {
        foreach (var (register, value) in _known)
        {
            if (!other._known.TryGetValue(register, out var there)) _known.Remove(register);
            else if (value != there && !value.IsInteger && value.Array == there.Array) _known[register] = value with { Number = null };
            else if (value != there) _known.Remove(register);
        }
    }

    public bool Equals(PtxState other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (_known.Count != other._known.Count) return false;
        foreach (var (register, value) in _known)
            if (!other._known.TryGetValue(register, out var there) || there != value) return false;
        return true;
    }
}
