using EvsNative.PtxSim.Instructions;

namespace EvsNative.PtxSim.Text;

/// <summary>A row of the register file, or of the constants if negative.</summary>
internal readonly record struct Row(int Index);

/// <summary>Base and offset of an access; registers of 32 bits are widened without their upper bits.</summary>
internal readonly record struct AddressOperand(Row Base, long Offset, ulong Mask);

/// <summary>
/// One statement on its way to an instruction. Decoders take modifiers and operands from it; what they take is noted as read or written,
/// what they leave is refused.
/// </summary>
internal sealed class Decoding
{
    private static readonly string[] Specials =
    [
        "%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y", "%ntid.z", "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y",
        "%nctaid.z", "%laneid", "%warpid", "%nwarpid", "%dynamic_smem_size", "%lanemask_eq", "%lanemask_lt", "%lanemask_le", "%lanemask_gt",
        "%lanemask_ge",
    ];

    private readonly Scope _scope;
    private readonly EntryBody _body;
    private readonly List<string> _modifiers;
    private readonly HashSet<int> _reads = [];
    private readonly HashSet<int> _writes = [];
    private readonly HashSet<int> _taken = [];

    public Decoding(Statement statement, Scope scope, EntryBody body)
    {
        (Statement, _scope, _body) = (statement, scope, body);
        string[] parts = statement.Opcode.Split('.');
        (Name, _modifiers) = (parts[0], [.. parts[1..]]);
    }

    public Statement Statement { get; }

    /// <summary>The opcode without modifiers.</summary>
    public string Name { get; }

    public int OperandCount => Statement.Operands.Count;

    /// <summary>Takes a modifier if it is there.</summary>
    public bool Take(string modifier) => _modifiers.Remove(modifier);

    /// <summary>Takes the one of these modifiers that is there; empty if none is.</summary>
    public string TakeOne(params ReadOnlySpan<string> modifiers)
    {
        foreach (string modifier in modifiers)
        {
            if (_modifiers.Remove(modifier)) return modifier;
        }

        return "";
    }

    /// <summary>Takes all modifiers that change no result here: flushing of denormals, caches, orders, scopes.</summary>
    public void Ignore(params ReadOnlySpan<string> modifiers)
    {
        foreach (string modifier in modifiers) _modifiers.Remove(modifier);
        _modifiers.RemoveAll(modifier => modifier.Contains("::", StringComparison.Ordinal));
    }

    /// <summary>Takes the last modifier, a type.</summary>
    public PtxType TakeType()
    {
        if (_modifiers.Count == 0 || !PtxTypes.TryParse(_modifiers[^1], out var type)) throw Unsupported();
        _modifiers.RemoveAt(_modifiers.Count - 1);
        return type;
    }

    public Row Destination(int operand) => Destination(Operand(operand));

    public Row Source(int operand) => Source(Operand(operand));

    /// <summary>The parts of a vector, or the operand itself.</summary>
    public Row[] Destinations(int operand) => [.. Parts(operand).Select(Destination)];

    public Row[] Sources(int operand) => [.. Parts(operand).Select(Source)];

    public bool IsVector(int operand) => operand < OperandCount && Statement.Operands[operand].Kind == OperandKind.Vector;

    public bool IsNegated(int operand) => Statement.Operands[operand].IsNegated;

    /// <summary>The two predicates of <c>p|q</c>; the second may be missing.</summary>
    public (Row First, Row? Second) DestinationPair(int operand)
    {
        var items = Operand(operand).Items;
        return items.Count == 2 ? (Destination(items[0]), Destination(items[1])) : (Destination(Statement.Operands[operand]), null);
    }

    public AddressOperand Address(int operand)
    {
        var address = Operand(operand);
        if (address.Kind != OperandKind.Address) throw Unsupported();
        var place = address.Items[0];
        var register = place.Kind == OperandKind.Name ? _scope.FindRegister(place.Name) : null;
        return new AddressOperand(Source(place), address.Offset, register?.Type.Bytes() == 4 ? uint.MaxValue : ulong.MaxValue);
    }

    /// <summary>The parameter that an address names, and the offset.</summary>
    public (PtxParameter Parameter, long Offset) Parameter(int operand)
    {
        var address = Operand(operand);
        if (address.Kind != OperandKind.Address || _body.FindParameter(address.Items[0].Name) is not { } parameter) throw Unsupported();
        return (parameter, address.Offset);
    }

    /// <summary>An operand that has to be a number.</summary>
    public int Constant(int operand) =>
        Operand(operand) is { Kind: OperandKind.Number } number ? (int)number.Value : throw Unsupported();

    /// <summary>Gives the instruction behind the label to the setter when the kernel is read to its end.</summary>
    public void Label(int operand, Action<int> set)
    {
        string name = Operand(operand).Name;
        _body.AtEnd(() => set(FindLabel(name)));
    }

    /// <summary>As <see cref="Label"/> for a table of labels.</summary>
    public void Table(int operand, Action<int[]> set)
    {
        string name = Operand(operand).Name;
        _body.AtEnd(() => set([.. (_scope.FindTable(name) ?? throw Unsupported($"there is no table {name}")).Select(FindLabel)]));
    }

    /// <summary>Binds the instruction to its text; refuses what no decoder took.</summary>
    public PtxInstruction Finish(PtxInstruction instruction)
    {
        if (_modifiers.Count > 0) throw Unsupported($"modifier .{_modifiers[0]} is not understood");
        if (_taken.Count != OperandCount) throw Unsupported("the number of operands is wrong");
        var guard = Statement.Guard.Length == 0
            ? null
            : _scope.FindRegister(Statement.Guard) ?? throw Unsupported("the guard is not declared");
        instruction.Bind(Statement, guard is null ? -1 : _body.Row(guard), [.. _reads], [.. _writes]);
        return instruction;
    }

    public PtxSyntaxException Unsupported(string? what = null) =>
        new(Statement.Line, $"'{Statement.Text}': {what ?? $"opcode {Statement.Opcode} with these operands is not understood"}");

    private OperandText Operand(int index)
    {
        if (index >= OperandCount) throw Unsupported("the number of operands is wrong");
        _taken.Add(index);
        return Statement.Operands[index];
    }

    private IReadOnlyList<OperandText> Parts(int operand) =>
        Operand(operand) is { Kind: OperandKind.Vector } vector ? vector.Items : [Statement.Operands[operand]];

    private Row Destination(OperandText operand)
    {
        if (operand.Kind != OperandKind.Name) throw Unsupported();
        if (operand.Name == "_") return new Row(_body.SpecialRow("_"));
        var register = _scope.FindRegister(operand.Name) ?? throw Unsupported($"{operand.Name} is not declared");
        int row = _body.Row(register);
        _writes.Add(row);
        return new Row(row);
    }

    private Row Source(OperandText operand)
    {
        if (operand.Kind == OperandKind.Number) return new Row(_body.ConstantRow(operand.Value));
        if (operand.Kind != OperandKind.Name) throw Unsupported();
        if (_scope.FindRegister(operand.Name) is { } register)
        {
            int row = _body.Row(register);
            _reads.Add(row);
            return new Row(row);
        }

        if (Specials.Contains(operand.Name)) return new Row(_body.SpecialRow(operand.Name));
        return _body.TryVariable(operand.Name, operand.Offset, out int variable)
            ? new Row(variable)
            : throw Unsupported($"{operand.Name} is not declared");
    }

    private int FindLabel(string name) =>
        _scope.FindLabel(name) is >= 0 and var target ? target : throw Unsupported($"there is no label {name}");
}
