using System.Numerics;
using EvsNative.PtxSim.Storage;

namespace EvsNative.PtxSim.Machine;

/// <summary>The accesses of the lanes of one instruction of a warp to one memory, and what they cost.</summary>
internal sealed class RequestCounter
{
    private const int Banks = 32, WordBytes = 4, WavefrontBytes = Banks * WordBytes, SectorBytes = 32;

    private readonly List<(int Lane, ulong Address, int Bytes)> _accesses = [];
    private readonly List<(ulong Sector, uint Bytes)> _sectors = [];
    private readonly List<ulong>[] _words = [.. Enumerable.Range(0, Banks).Select(_ => new List<ulong>())];
    private PtxInstruction? _instruction;
    private Access _access;

    /// <summary>Notes one; those of another instruction are forgotten.</summary>
    public void Add(PtxInstruction instruction, Access access, int lane, ulong address, int bytes)
    {
        if (_instruction != instruction) Clear();
        (_instruction, _access) = (instruction, access);
        _accesses.Add((lane, address, bytes));
    }

    /// <summary>True if the accesses are those of this instruction; others are forgotten.</summary>
    public bool IsOf(PtxInstruction instruction)
    {
        if (_instruction != instruction) Clear();
        return _instruction == instruction;
    }

    public void Clear()
    {
        _accesses.Clear();
        _instruction = null;
    }

    /// <summary>
    /// Turns in shared memory. As many lanes go together as fill 128 bytes: 32 with 4 bytes or less, 16 with 8, 8 with 16, which are the rows
    /// of a matrix of <c>ldmatrix</c>, too. Lanes at one word are served at once, but not by atomic operations.
    /// </summary>
    public (int Wavefronts, int Least) Wavefronts()
    {
        int wavefronts = 0, least = 0;
        for (int at = 0; at < _accesses.Count;)
        {
            int together = WavefrontBytes / Math.Max(WordBytes, _accesses[at].Bytes), group = _accesses[at].Lane / together;
            foreach (var words in _words) words.Clear();
            for (; at < _accesses.Count && _accesses[at].Lane / together == group; at++)
                AddWords(_accesses[at].Address, _accesses[at].Bytes);
            wavefronts += _words.Max(words => words.Count);
            least += (_words.Sum(words => words.Count) + Banks - 1) / Banks;
        }

        return (wavefronts, least);
    }

    /// <summary>Sectors of global memory, the least that could hold their bytes, and the bytes, which are noted in the sets, too.</summary>
    public (int Sectors, int Least, int Read, int Written) Sectors(ByteSet read, ByteSet written)
    {
        _sectors.Clear();
        foreach (var (_, address, bytes) in _accesses)
        {
            AddSectors(address, bytes);
            if (_access != Access.Write) read.Add(address, bytes);
            if (_access != Access.Read) written.Add(address, bytes);
        }

        int count = _sectors.Sum(sector => BitOperations.PopCount(sector.Bytes));
        int least = (count + SectorBytes - 1) / SectorBytes;
        return (_sectors.Count, least, _access == Access.Write ? 0 : count, _access == Access.Read ? 0 : count);
    }

    private void AddWords(ulong address, int bytes)
    {
        for (ulong word = address / WordBytes, end = (address + (ulong)bytes - 1) / WordBytes; word <= end; word++)
        {
            var bank = _words[(int)(word % Banks)];
            if (_access == Access.Atomic || !bank.Contains(word)) bank.Add(word);
        }
    }

    private void AddSectors(ulong address, int bytes)
    {
        for (ulong end = address + (ulong)bytes; address < end;)
        {
            int offset = (int)(address % SectorBytes), count = (int)Math.Min(end - address, (ulong)(SectorBytes - offset));
            uint mask = (uint)(((1ul << count) - 1) << offset);
            int at = _sectors.FindLastIndex(sector => sector.Sector == address / SectorBytes);
            if (at < 0) _sectors.Add((address / SectorBytes, mask));
            else _sectors[at] = (address / SectorBytes, _sectors[at].Bytes | mask);
            address += (ulong)count;
        }
    }
}
