namespace EvsNative.PtxSim.Text;

/// <summary>
/// Where the variables of a memory space lie. Between them are gaps that no access may touch, so running over the end of one is seen; the
/// sizes reported are those without gaps.
/// </summary>
internal sealed class VariableLayout
{
    private const int Gap = 64;

    private readonly List<(int Start, int Bytes)> _variables = [];

    /// <summary>Bytes that the variables take on a device.</summary>
    public int DeviceBytes { get; private set; }

    /// <summary>Bytes with the gaps.</summary>
    public int Bytes { get; private set; }

    /// <summary>The parts that may be accessed.</summary>
    public IReadOnlyList<(int Start, int Bytes)> Variables => _variables;

    /// <summary>Adds a variable and returns its address.</summary>
    public int Add(int bytes, int alignment)
    {
        DeviceBytes = RoundUp(DeviceBytes, alignment) + bytes;
        int start = RoundUp(Bytes == 0 ? 0 : Bytes + Gap, alignment);
        Bytes = start + bytes;
        _variables.Add((start, bytes));
        return start;
    }

    /// <summary>Address of an array behind all variables.</summary>
    public int Behind(int alignment) => RoundUp(Bytes == 0 ? 0 : Bytes + Gap, alignment);

    public static int RoundUp(int bytes, int alignment) => (bytes + alignment - 1) / alignment * alignment;
}
