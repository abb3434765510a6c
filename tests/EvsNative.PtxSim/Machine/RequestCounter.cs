using System.Numerics;
using EvsNative.PtxSim.Storage;

namespace EvsNative.PtxSim.Machine;

/// <summary>The accesses of the lanes of one instruction of a warp to one memory, and what they cost.</summary>
internal sealed class RequestCounter
{
    private const int Banks = 32, WordBytes = 4, WavefrontBytes = Banks * WordBytes, SectorBytes = 32, MostOfABank = 32;

    private readonly int[] _inBank = new int[Banks];
    private readonly ulong[] _words = new ulong[Banks * MostOfABank];
    private Lane[] _lanes = new Lane[32];
    private (ulong Sector, uint Bytes)[] _sectors = new (ulong, uint)[32];
    private int _laneCount, _sectorCount;
    private PtxInstruction? _instruction;
    private Access _access;

    /// <summary>Notes one; those of another instruction are forgotten.</summary>
    public void Add(PtxInstruction instruction, Access access, int lane, ulong address, int bytes)
    {
        if (_instruction != instruction) Clear();
        (_instruction, _access) = (instruction, access);
        if (_laneCount == _lanes.Length) Array.Resize(ref _lanes, 2 * _laneCount);
        _lanes[_laneCount++] = new Lane(lane, address, bytes);
    }

    /// <summary>True if the accesses are those of this instruction; others are forgotten.</summary>
    public bool IsOf(PtxInstruction instruction)
    {
        if (_instruction != instruction) Clear();
        return _instruction == instruction;
    }

    public void Clear() => (_laneCount, _instruction) = (0, null);

    /// <summary>
    /// Turns in shared memory. As many lanes go together as fill 128 bytes: 32 with 4 bytes or less, 16 with 8, 8 with 16: the rows of a
    /// matrix of <c>ldmatrix</c>, too. Lanes at one word are served at once, but not by atomic operations.
    /// </summary>
    public (int Wavefronts, int Least) Wavefronts()
    {
        int wavefronts = 0, least = 0;
        for (int at = 0; at < _laneCount;)
        {
            int together = WavefrontBytes / Math.Max(WordBytes, _lanes[at].Bytes), group = _lanes[at].Index / together, words = 0;
            Array.Clear(_inBank);
            for (; at < _laneCount && _lanes[at].Index / together == group; at++) words += AddWords(_lanes[at]);
            int most = 0;
            foreach (int count in _inBank) most = Math.Max(most, count);
            wavefronts += most;
            least += (words + Banks - 1) / Banks;
        }

        return (wavefronts, least);
    }

    /// <summary>Sectors of global memory, the least that could hold their bytes, and the bytes, which are noted in the sets, too.</summary>
    public (int Sectors, int Least, int Read, int Written) Sectors(ByteSet read, ByteSet written)
    {
        _sectorCount = 0;
        for (int i = 0; i < _laneCount; i++)
        {
            AddSectors(_lanes[i]);
            if (_access != Access.Write) read.Add(_lanes[i].Address, _lanes[i].Bytes);
            if (_access != Access.Read) written.Add(_lanes[i].Address, _lanes[i].Bytes);
        }

        int count = 0;
        for (int i = 0; i < _sectorCount; i++) count += BitOperations.PopCount(_sectors[i].Bytes);
        int least = (count + SectorBytes - 1) / SectorBytes;
        return (_sectorCount, least, _access == Access.Write ? 0 : count, _access == Access.Read ? 0 : count);
    }

    /// <summary>Puts the words of a lane into their banks; returns how many were not there.</summary>
    private int AddWords(Lane lane)
    {
        int added = 0;
        for (ulong word = lane.Address / WordBytes, end = (lane.Address + (ulong)lane.Bytes - 1) / WordBytes; word <= end; word++)
        {
            int bank = (int)(word % Banks);
            var there = _words.AsSpan(bank * MostOfABank, _inBank[bank]);
            if (_access != Access.Atomic && there.Contains(word)) continue;
            _words[(bank * MostOfABank) + _inBank[bank]++] = word;
            added++;
        }

        return added;
    }

    private void AddSectors(Lane lane)
    {
        ulong address = lane.Address;
        for (ulong end = address + (ulong)lane.Bytes; address < end;)
        {
            int offset = (int)(address % SectorBytes), count = (int)Math.Min(end - address, (ulong)(SectorBytes - offset));
            AddSector(address / SectorBytes, (uint)(((1ul << count) - 1) << offset));
            address += (ulong)count;
        }
    }

    private void AddSector(ulong sector, uint bytes)
    {
        int at = _sectorCount - 1;
        while (at >= 0 && _sectors[at].Sector != sector) at--;
        if (at >= 0)
        {
            _sectors[at].Bytes |= bytes;
            return;
        }

        if (_sectorCount == _sectors.Length) Array.Resize(ref _sectors, 2 * _sectorCount);
        _sectors[_sectorCount++] = (sector, bytes);
    }

    private readonly record struct Lane(int Index, ulong Address, int Bytes);
}
