using System.Text.RegularExpressions;

namespace EvsNative.PtxSim;

/// <summary>
/// Says of a line of a kernel what it is about: its operands as expressions of arguments, special registers and numbers, and which
/// instructions use its result. So a line can be named whatever its registers are called.
/// </summary>
/// <example>
/// <c>setp.lt(~add(%tid.x, 8), arg84) -> selp(1, 0, setp.lt(~add(...), arg84))</c>: a register that is written in several places, here
/// last with a sum, is compared with the argument at byte 84, and the result selects 1 or 0.
/// </example>
public sealed partial class PtxOrigins
{
    // Deeper expressions are cut off.
    private const int Depth = 7, UserDepth = 3;

    private readonly Dictionary<int, Parsed> _parsed = [];
    private readonly Dictionary<string, List<int>> _writers = [], _readers = [];

    /// <param name="lines">of a text with one kernel</param>
    public PtxOrigins(string[] lines)
    {
        int first = Array.FindIndex(lines, line => line.Contains(".entry", StringComparison.Ordinal));
        for (int i = first + 1; i < lines.Length; i++)
        {
            if (Instruction().Match(lines[i]) is not { Success: true } match) continue;
            var parsed = Parsed.Of(match);
            _parsed[i] = parsed;
            foreach (string register in parsed.Writes) Note(_writers, register, i);
            foreach (string register in parsed.AllReads) Note(_readers, register, i);
        }
    }

    /// <summary>The line, from 0, in such words; empty where there is no instruction.</summary>
    public string Of(int line)
    {
        if (!_parsed.TryGetValue(line, out var parsed)) return "";
        var users = parsed.Writes.SelectMany(register => _readers.GetValueOrDefault(register, [])).Distinct()
            .Select(user => Expression(user, _parsed[user], UserDepth, [user])).Distinct().Order(StringComparer.Ordinal);
        string guard = parsed.Guard.Length > 0 ? $"@{Origin(parsed.Guard, line, Depth, [])} " : "";
        string text = guard + Expression(line, parsed, Depth, [line]);
        return parsed.Writes.Count > 0 ? $"{text} -> {string.Join("; ", users)}" : text;
    }

    private string Expression(int line, Parsed parsed, int depth, HashSet<int> within)
    {
        string[] operands =
            [.. parsed.Operands.Select(operand => Register().Replace(operand, name => Origin(name.Value, line, depth, within)))];
        return parsed.Opcode switch
        {
            "mov" or "cvt" => operands[0],
            "ld.param" => $"arg{Offset().Match(operands[0]).Groups["offset"].Value}",
            _ => $"{parsed.Opcode}({string.Join(", ", operands)})",
        };
    }

    // Of several writers the one before the line says what is meant; around a loop it may be another.
    private string Origin(string register, int line, int depth, HashSet<int> within)
    {
        if (!_writers.TryGetValue(register, out var writers)) return register;
        int writer = writers.Count > 1 ? writers.FindLast(at => at < line) : writers[0];
        if (writer == 0 || !within.Add(writer)) return "~";
        string origin = depth == 0 ? "..." : Expression(writer, _parsed[writer], depth - 1, within);
        within.Remove(writer);
        return writers.Count > 1 ? $"~{origin}" : origin;
    }

    private static void Note(Dictionary<string, List<int>> notes, string register, int line)
    {
        if (!notes.TryGetValue(register, out var lines)) notes[register] = lines = [];
        lines.Add(line);
    }

    /// <summary>An instruction taken apart.</summary>
    private sealed record Parsed(
        string Guard, string Opcode, string[] Operands, IReadOnlyList<string> Writes, IReadOnlyList<string> AllReads)
    {
        public static Parsed Of(Match match)
        {
            string opcode = match.Groups["opcode"].Value;
            string[] operands = [.. Operand().Matches(match.Groups["operands"].Value).Select(operand => operand.Value.Trim())];
            bool writes = operands.Length > 0 && !Silent().IsMatch(opcode);
            string[] read = writes ? operands[1..] : operands;
            var reads = read.Append(match.Groups["guard"].Value).SelectMany(Names);
            string[] written = writes ? [.. Names(operands[0])] : [];
            return new Parsed(match.Groups["guard"].Value, Types().Replace(opcode, ""), read, written, [.. reads]);
        }

        private static IEnumerable<string> Names(string operand) => Register().Matches(operand).Select(name => name.Value);
    }

    [GeneratedRegex(@"^\s*(@!?(?<guard>%\w+)\s+)?(?<opcode>[a-z][\w.:]*)\s*(?<operands>[^;]*);")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"(\{[^}]*\}|\[[^\]]*\]|[^,{}\[\]]+)+")]
    private static partial Regex Operand();

    // Special registers and named addresses are what they are.
    [GeneratedRegex(@"%(?!n?tid\b|n?ctaid\b|laneid\b)\w+")]
    private static partial Regex Register();

    [GeneratedRegex(@"^(st|bra|bar|cp|ret|exit|red|membar)\b")]
    private static partial Regex Silent();

    // What says no more than that numbers are numbers.
    [GeneratedRegex(@"\.(s16|u16|b16|s32|u32|b32|s64|u64|b64|lo|sync|aligned|global|rn|approx|ftz|nc)\b")]
    private static partial Regex Types();

    [GeneratedRegex(@"\+(?<offset>\d+)")]
    private static partial Regex Offset();
}
