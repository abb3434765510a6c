using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Storage;

namespace EvsNative.PtxSim;

/// <summary>
/// Counts what launches ask of memory, by instruction. A machine that has one counts; without one nothing is counted and nothing is slower.
/// Local memory is left out: what of it is left when the assembler is done is no memory at all.
/// </summary>
public sealed class PtxTraffic
{
    private readonly Dictionary<PtxInstruction, PtxAccesses> _counts = [];
    private readonly RequestCounter _shared = new(), _global = new();
    private readonly ByteSet _read = new(), _written = new();
    private long _distinctRead, _distinctWritten;

    /// <summary>The instructions that touched memory, and what each of them came to.</summary>
    public IReadOnlyDictionary<PtxInstruction, PtxAccesses> Accesses => _counts;

    /// <summary>Everything together.</summary>
    public PtxAccesses Total => Of(_counts.Keys);

    /// <summary>Bytes of global memory that were read, each once a launch.</summary>
    public long DistinctBytesRead => _distinctRead + _read.Count;

    /// <summary>Bytes of global memory that were written, each once a launch.</summary>
    public long DistinctBytesWritten => _distinctWritten + _written.Count;

    /// <summary>What some instructions came to together, such as those of a loop.</summary>
    public PtxAccesses Of(IEnumerable<PtxInstruction> instructions) => instructions.Distinct()
        .Aggregate(PtxAccesses.None, (sum, instruction) => _counts.TryGetValue(instruction, out var count) ? sum + count : sum);

    /// <summary>Notes the access of a lane; <see cref="Complete"/> counts those of an instruction.</summary>
    internal void Add(Space space, Access access, PtxInstruction instruction, int lane, ulong address, int bytes)
    {
        if (space == Space.Shared)
        {
            _shared.Add(instruction, access, lane, address, bytes);
            return;
        }

        _global.Add(instruction, access, lane, address, bytes);
    }

    /// <summary>The warp has executed an instruction. What arrived meanwhile was counted when it was asked for.</summary>
    internal void Complete(PtxInstruction instruction)
    {
        if (!_shared.IsOf(instruction) & !_global.IsOf(instruction)) return;
        var (wavefronts, least) = _shared.Wavefronts();
        var (sectors, leastSectors, read, written) = _global.Sectors(_read, _written);
        var request = new PtxAccesses(1, wavefronts, least, sectors, leastSectors, read, written);
        _counts[instruction] = _counts.TryGetValue(instruction, out var before) ? before + request : request;
        _shared.Clear();
        _global.Clear();
    }

    /// <summary>A launch has ended: what the next one touches counts again.</summary>
    internal void EndLaunch()
    {
        _shared.Clear();
        _global.Clear();
        (_distinctRead, _distinctWritten) = (DistinctBytesRead, DistinctBytesWritten);
        _read.Clear();
        _written.Clear();
    }
}
