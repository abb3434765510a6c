namespace EvsNative.PtxSim.Text;

/// <summary>A declared register; it gets a row of the register file when it is first used.</summary>
internal sealed class Register(string name, PtxType type)
{
    public string Name => name;

    public PtxType Type => type;

    /// <summary>-1 as long as no instruction uses it.</summary>
    public int Row { get; set; } = -1;
}

/// <summary>The names between two braces: registers, labels, tables of labels.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, Register> _registers = [];
    private readonly Dictionary<string, int> _labels = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _tables = [];

    public Scope? Outer => outer;

    public void Declare(string name, PtxType type) => _registers[name] = new Register(name, type);

    public void Label(string name, int instruction) => _labels[name] = instruction;

    public void Table(string name, IReadOnlyList<string> labels) => _tables[name] = labels;

    public Register? FindRegister(string name) => _registers.GetValueOrDefault(name) ?? outer?.FindRegister(name);

    /// <summary>Index of the instruction behind the label; -1 if there is none.</summary>
    public int FindLabel(string name) => _labels.TryGetValue(name, out int instruction) ? instruction : outer?.FindLabel(name) ?? -1;

    public IReadOnlyList<string>? FindTable(string name) => _tables.GetValueOrDefault(name) ?? outer?.FindTable(name);
}
