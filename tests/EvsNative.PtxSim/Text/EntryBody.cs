using EvsNative.PtxSim.Instructions;
using EvsNative.PtxSim.Storage;

namespace EvsNative.PtxSim.Text;

/// <summary>
/// What the body of a kernel adds up to: its code, its variables and its register file. A row is 32 lanes of 64 bits: registers come first,
/// then the special registers that are used; constants are rows as well (counted down from -1), so that every operand is read in one way.
/// </summary>
internal sealed class EntryBody(IReadOnlyList<PtxParameter> parameters)
{
    private const int DynamicAlignment = 16;

    private readonly Dictionary<ulong, int> _constantRows = [];
    private readonly Dictionary<string, int> _specialRows = [];
    private readonly Dictionary<string, int> _variables = [];
    private readonly List<(int Constant, long Offset)> _dynamicConstants = [];
    private readonly List<Action> _atEnd = [];
    private readonly List<(int Line, Scope Scope)> _places = [];
    private string _dynamicName = "";
    private int _dynamicAlignment = DynamicAlignment;

    public List<PtxInstruction> Code { get; } = [];

    /// <summary>Values of the constant rows.</summary>
    public List<ulong> Constants { get; } = [];

    public int Rows => RegisterNames.Count;

    /// <summary>What the rows hold.</summary>
    public List<string> RegisterNames { get; } = [];

    public IReadOnlyList<(string Name, int Row)> Specials => [.. _specialRows.Select(special => (special.Key, special.Value))];

    public VariableLayout Shared { get; } = new();

    public VariableLayout Local { get; } = new();

    public int DynamicSharedAddress { get; private set; }

    public void Add(PtxInstruction instruction)
    {
        instruction.Index = Code.Count;
        Code.Add(instruction);
    }

    /// <summary>Notes where a statement stands: its line and the names that it sees.</summary>
    public void Place(int line, Scope scope) => _places.Add((line, scope));

    /// <summary>
    /// The code with another statement in the place of the one that stands in a line; null where none or several stand there. What is new
    /// in it, such as numbers, comes to this body, too.
    /// </summary>
    public PtxInstruction[]? Changed(int line, string text)
    {
        int at = _places.FindIndex(place => place.Line == line);
        if (at < 0 || (at + 1 < _places.Count && _places[at + 1].Line == line)) return null;
        var instruction = InstructionTable.Decode(new Decoding(new Statement(text, line), _places[at].Scope, this));
        instruction.Index = at;
        Finish();
        PtxInstruction[] code = [.. Code];
        code[at] = instruction;
        return code;
    }

    public void AddShared(Variable variable)
    {
        if (variable.Bytes >= 0)
        {
            _variables[variable.Name] = Shared.Add(variable.Bytes, variable.Alignment);
            return;
        }

        _dynamicName = variable.Name;
        _dynamicAlignment = Math.Max(_dynamicAlignment, variable.Alignment);
    }

    public void AddLocal(Variable variable) => _variables[variable.Name] = Local.Add(variable.Bytes, variable.Alignment);

    /// <summary>The parameter of this name.</summary>
    public PtxParameter? FindParameter(string name) => parameters.FirstOrDefault(parameter => parameter.Name == name);

    public int Row(Register register) => register.Row >= 0 ? register.Row : register.Row = NewRow(register.Name);

    public int ConstantRow(ulong value)
    {
        if (_constantRows.TryGetValue(value, out int row)) return row;
        Constants.Add(value);
        return _constantRows[value] = -Constants.Count;
    }

    public int SpecialRow(string name) => _specialRows.TryGetValue(name, out int row) ? row : _specialRows[name] = NewRow(name);

    /// <summary>Row with the address of a variable.</summary>
    public bool TryVariable(string name, long offset, out int row)
    {
        if (_variables.TryGetValue(name, out int address))
        {
            row = ConstantRow((ulong)(address + offset));
            return true;
        }

        row = 0;
        if (name != _dynamicName) return false;

        // The address is known when all variables are.
        Constants.Add(0);
        _dynamicConstants.Add((Constants.Count - 1, offset));
        row = -Constants.Count;
        return true;
    }

    /// <summary>Names that may stand later in the text are resolved when the kernel ends.</summary>
    public void AtEnd(Action resolve) => _atEnd.Add(resolve);

    public void Finish()
    {
        if (Code.Count >= RaceShadow.MostInstructions)
            throw new PtxSyntaxException(Code[^1].Line, $"a kernel of {Code.Count} instructions is too long");
        foreach (var resolve in _atEnd) resolve();
        _atEnd.Clear();
        DynamicSharedAddress = Shared.Behind(_dynamicAlignment);
        foreach (var (constant, offset) in _dynamicConstants) Constants[constant] = (ulong)(DynamicSharedAddress + offset);
    }

    private int NewRow(string name)
    {
        RegisterNames.Add(name);
        return RegisterNames.Count - 1;
    }
}
