using System.Numerics;

namespace EvsNative.PtxSim.Storage;

/// <summary>Which bytes of global memory: a bit for each, in pages.</summary>
internal sealed class ByteSet
{
    private const int PageShift = 12, WordShift = 6;

    private readonly Dictionary<ulong, ulong[]> _pages = [];
    private ulong _lastPage = ulong.MaxValue;
    private ulong[] _last = [];

    /// <summary>How many.</summary>
    public long Count => _pages.Values.Sum(page => page.Sum(word => (long)BitOperations.PopCount(word)));

    /// <summary>Adds at most 64 bytes.</summary>
    public void Add(ulong address, int bytes)
    {
        for (ulong end = address + (ulong)bytes; address < end;)
        {
            int offset = (int)(address & 63), count = (int)Math.Min(end - address, (ulong)(64 - offset));
            Page(address >> PageShift)[(int)(address >> WordShift) & 63] |= (count == 64 ? ulong.MaxValue : (1ul << count) - 1) << offset;
            address += (ulong)count;
        }
    }

    public void Clear()
    {
        _pages.Clear();
        _lastPage = ulong.MaxValue;
    }

    private ulong[] Page(ulong index)
    {
        if (index == _lastPage) return _last;
        if (!_pages.TryGetValue(index, out ulong[]? page)) _pages[index] = page = new ulong[1 << (PageShift - WordShift)];
        (_lastPage, _last) = (index, page);
        return page;
    }
}
