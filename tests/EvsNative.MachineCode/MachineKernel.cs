using System.Globalization;
using System.Text.RegularExpressions;

namespace EvsNative.MachineCode;

/// <summary>The machine code of a kernel.</summary>
public sealed partial class MachineKernel
{
    private readonly List<MachineInstruction> _instructions;

    private MachineKernel(List<MachineInstruction> instructions) => _instructions = instructions;

    /// <summary>In the order of their addresses.</summary>
    public IReadOnlyList<MachineInstruction> Instructions => _instructions;

    /// <summary>All loops: the stretches from where a branch goes back to, to the branch; inner ones before those around them.</summary>
    public IReadOnlyList<MachineLoop> Loops => [.. FindLoops().OrderBy(loop => loop.Instructions.Count)];

    /// <summary>
    /// The loop with most products in a usual round, the smallest of them; where there are none, the loop with most instructions.
    /// </summary>
    public MachineLoop? Main => Loops.OrderByDescending(loop => loop.Count(MachineKind.Product))
        .ThenBy(loop => loop.Count(MachineKind.Product) > 0 ? loop.Instructions.Count : -loop.Usual.Count).FirstOrDefault();

    /// <summary>Reads what <c>cuobjdump -sass</c> or <c>nvdisasm</c> writes of one kernel.</summary>
    public static MachineKernel Parse(string text)
    {
        List<MachineInstruction> instructions = [];
        foreach (Match line in Line().Matches(text))
        {
            int address = int.Parse(line.Groups["at"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            instructions.Add(new MachineInstruction(
                address, line.Groups["guard"].Value, line.Groups["opcode"].Value, line.Groups["operands"].Value.Trim()));
        }

        return new MachineKernel(instructions);
    }

    private IEnumerable<MachineLoop> FindLoops()
    {
        var places = new Dictionary<int, int>();
        for (int i = 0; i < _instructions.Count; i++) places[_instructions[i].Address] = i;
        var ends = new Dictionary<int, int>();
        for (int i = 0; i < _instructions.Count; i++)
        {
            // A kernel ends with a branch to itself.
            if (_instructions[i].Target is not { } target || !places.TryGetValue(target, out int first) || first >= i) continue;
            ends[first] = Math.Max(i, ends.GetValueOrDefault(first));
        }

        return ends.Select(end => new MachineLoop(_instructions[end.Key..(end.Value + 1)]));
    }

    [GeneratedRegex(@"/\*(?<at>[0-9a-f]{4,5})\*/\s+(?<guard>@!?U?P\w+)?\s*(?<opcode>[A-Z][A-Z0-9_.]*)(?<operands>[^;]*);")]
    private static partial Regex Line();
}
