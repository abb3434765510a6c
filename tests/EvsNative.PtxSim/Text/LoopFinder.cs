using EvsNative.PtxSim.Instructions;
using EvsNative.PtxSim.Machine;

namespace EvsNative.PtxSim.Text;

/// <summary>
/// Finds the loops of a kernel. A branch back in the text closes one if its target leads to it again; the loop is all that lies on ways
/// from the target to the branch. Branches to one target are one loop.
/// </summary>
internal sealed class LoopFinder
{
    private readonly IReadOnlyList<PtxInstruction> _code;
    private readonly List<int>[] _before;

    private LoopFinder(IReadOnlyList<PtxInstruction> code)
    {
        _code = code;
        _before = [.. code.Select(_ => new List<int>())];
        for (int i = 0; i < code.Count; i++)
        {
            foreach (int next in After(i)) _before[next].Add(i);
        }
    }

    public static IReadOnlyList<PtxLoop> Of(IReadOnlyList<PtxInstruction> code)
    {
        var finder = new LoopFinder(code);
        var backEdges =
            from i in Enumerable.Range(0, code.Count)
            from target in Targets(code[i])
            where target <= i
            group i by target;
        var bodies = backEdges.OrderBy(edges => edges.Key).Select(edges => finder.Body(edges.Key, edges)).OfType<HashSet<int>>().ToList();
        return [.. bodies.Select(body => new PtxLoop([.. body.Order().Select(i => code[i])], !bodies.Exists(body.IsProperSupersetOf)))];
    }

    private static IReadOnlyList<int> Targets(PtxInstruction instruction) => instruction is BranchInstruction branch ? branch.Targets : [];

    private IEnumerable<int> After(int i)
    {
        var instruction = _code[i];
        bool isLast = instruction is { Guard: < 0, Flow: Flow.Exit or Flow.Branch } || i + 1 == _code.Count;
        return isLast ? Targets(instruction) : [.. Targets(instruction), i + 1];
    }

    /// <summary>What leads to the branches without passing the head; null if the head leads to none of them.</summary>
    private HashSet<int>? Body(int head, IEnumerable<int> branches)
    {
        var body = new HashSet<int> { head };
        var left = new Stack<int>(branches);
        bool isLoop = left.Contains(head);
        while (left.TryPop(out int i))
        {
            if (!body.Add(i)) continue;
            isLoop |= _before[i].Contains(head);
            foreach (int before in _before[i]) left.Push(before);
        }

        // What the kernel begins with is in no loop, unless it begins with one: then the head is not the only way in.
        return isLoop && (head == 0 || !body.Contains(0)) ? body : null;
    }
}
