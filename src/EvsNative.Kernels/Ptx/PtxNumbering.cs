namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Within each block: arithmetic on known integers becomes their result, what has been computed before is not computed again, and copies
/// are read where they come from (value numbering).
/// </summary>
internal sealed class PtxNumbering
{
    private static readonly PtxArithmetic Arithmetic = new(new HashSet<string>());

    private readonly PtxRegisters _registers;

    // What the registers and literals hold, by number; where each number stands, and what made it.
    private readonly Dictionary<string, int> _numbers = [];
    private readonly Dictionary<int, string> _holders = [];
    private readonly Dictionary<string, int> _made = [];
    private readonly PtxState _known;
    private int _count;

    private PtxNumbering(PtxRegisters registers, PtxState? known) =>
        (_registers, _known) = (registers, known is null ? new PtxState() : new PtxState(known));

    public static void Run(PtxGraph graph)
    {
        var registers = new PtxRegisters(graph);
        var flow = new PtxFlow(Arithmetic, PtxRegion.Of(graph), new PtxState());
        foreach (var block in graph.Blocks) new PtxNumbering(registers, flow.Before(block)).Go(block);
    }

    private void Go(PtxBlock block)
    {
        for (int i = 0; i < block.Lines.Count; i++)
        {
            var line = block.Lines[i];
            bool isInteger = line.Form.Operation != PtxOperation.None && line.Guard.Length == 0 && line.Written.Length == 1;
            if (isInteger)
            {
                block.Lines[i] = Integer(line);
                continue;
            }

            if (line.Kind == PtxLineKind.Instruction) block.Lines[i] = FromHolders(line);
            foreach (string register in line.Written) Forget(register);
            Arithmetic.Step(_known, line);
        }

        if (block.Guard.Length == 0) return;
        string guard = Holder(block.Guard.TrimStart('!'));
        block.Guard = block.Guard[0] == '!' ? "!" + guard : guard;
    }

    // The statement, or a move in its place.
    private PtxLine Integer(PtxLine line)
    {
        string to = line.Operands[0];
        line = FromHolders(line);
        var result = Arithmetic.Result(_known, line);
        Arithmetic.Step(_known, line);
        bool isNumber = result is { IsInteger: true } && line.Form.ResultBits >= 32 && line.Form.Operation != PtxOperation.Compare;
        if (isNumber)
        {
            string literal = Literal(result!.Value.Number!.Value, line.Form.ResultBits, false);
            Set(to, NumberOf($"{literal}.{line.Form.ResultBits}"));
            return PtxLine.Instruction($"mov.b{line.Form.ResultBits}", "", to, literal);
        }

        line = Simple(Literals(line));
        if (line.Form.Operation == PtxOperation.Move)
        {
            // A copy of another type is a value of its own, though its bits are the same.
            bool isAlike = _registers.TypeOf(to) == _registers.TypeOf(line.Operands[1]) && _registers.TypeOf(to).Length > 0;
            if (isAlike) Set(to, NumberOf(line.Operands[1]));
            else Forget(to);
            return line;
        }

        string key = line.Opcode;
        for (int i = 1; i < line.Operands.Count; i++) key += $" {NumberOf(line.Operands[i])}";
        if (_made.TryGetValue(key, out int number) && _holders.TryGetValue(number, out string? holder)
            && _registers.TypeOf(holder) == _registers.TypeOf(to))
        {
            Set(to, number);
            return holder == to ? line : PtxLine.Instruction("mov" + _registers.TypeOf(to), "", to, holder);
        }

        Forget(to);
        _made[key] = NumberOf(to);
        return line;
    }

    // Known integers as literals, behind what is not known.
    private PtxLine Literals(PtxLine line)
    {
        if (line.Form.Bits < 32 || line.Operands.Count is < 3 or > 4) return line;
        string[] operands = [.. line.Operands];
        int last = line.Form.Operation == PtxOperation.Select ? 2 : operands.Length - 1;
        bool isChanged = false;
        for (int i = 1; i <= last; i++)
        {
            if (operands[i][0] != '%' || _known[operands[i]] is not { IsInteger: true, Number: { } number }) continue;
            int bits = i == 3 ? line.Form.ResultBits : line.Form.Bits;
            (operands[i], isChanged) = (Literal(number, bits, line.Form.IsSigned), true);
        }

        bool isEither = line.Form.Operation is PtxOperation.Add or PtxOperation.Multiply or PtxOperation.MultiplyAdd or PtxOperation.And
            or PtxOperation.Or or PtxOperation.Xor or PtxOperation.Minimum or PtxOperation.Maximum;
        if (isEither && operands[1][0] != '%') (operands[1], operands[2], isChanged) = (operands[2], operands[1], true);
        return isChanged ? PtxLine.Instruction(line.Opcode, "", operands) : line;
    }

    // What adds 0 or multiplies by 1 is a copy.
    private static PtxLine Simple(PtxLine line)
    {
        if (line.Operands.Count != 3 || line.Form.Bits != line.Form.ResultBits || line.Form.Bits < 32) return line;
        bool isCopy = line.Form.Operation switch
        {
            PtxOperation.Add or PtxOperation.Subtract or PtxOperation.Or or PtxOperation.Xor or PtxOperation.ShiftLeft
                or PtxOperation.ShiftRight => line.Operands[2] == "0",
            PtxOperation.Multiply => line.Operands[2] == "1",
            _ => false,
        };
        return isCopy ? PtxLine.Instruction($"mov.b{line.Form.Bits}", "", line.Operands[0], line.Operands[1]) : line;
    }

    private static string Literal(long number, int bits, bool isSigned) =>
        isSigned ? $"{number}" : bits == 32 ? $"{(uint)number}" : $"{(ulong)number}";

    private PtxLine FromHolders(PtxLine line) =>
        Array.Exists(line.Read, register => Holder(register) != register) ? line.With(Holder, register => register) : line;

    private int NumberOf(string operand)
    {
        if (_numbers.TryGetValue(operand, out int number)) return number;
        _numbers[operand] = number = ++_count;
        if (operand[0] == '%') _holders[number] = operand;
        return number;
    }

    private string Holder(string register) =>
        _numbers.TryGetValue(register, out int number) && _holders.TryGetValue(number, out string? holder) ? holder : register;

    private void Set(string register, int number)
    {
        if (_numbers.TryGetValue(register, out int old) && old == number) return;
        Forget(register);
        _numbers[register] = number;
        _holders.TryAdd(number, register);
    }

    // A register holds something else now. Others may hold the same as it did.
    private void Forget(string register)
    {
        if (!_numbers.Remove(register, out int number) || _holders.GetValueOrDefault(number) != register) return;
        _holders.Remove(number);
        foreach (var (other, same) in _numbers)
        {
            if (same != number || other[0] != '%') continue;
            _holders[number] = other;
            break;
        }
    }
}
