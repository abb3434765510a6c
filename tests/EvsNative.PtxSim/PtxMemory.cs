using System.Runtime.InteropServices;
using EvsNative.PtxSim.Storage;

namespace EvsNative.PtxSim;

/// <summary>
/// Device memory. Addresses are numbers of its own, multiples of 256 and no more, far apart and never used twice, so that a wrong or freed
/// address hits nothing. What was never written holds NaN in every float type.
/// </summary>
public sealed unsafe class PtxMemory : IDisposable
{
    private const int SpacingBits = 36;
    private const ulong First = (1ul << (SpacingBits - 1)) + 256;

    private readonly List<Region?> _regions = [];

    /// <summary>Interval that the next block starts with; see <see cref="RaceShadow"/>.</summary>
    internal long NextInterval { get; set; } = 1;

    /// <summary>Bytes that are allocated.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Takes memory, at least one byte, uninitialised.</summary>
    public ulong Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        _regions.Add(new Region(bytes, hasRaces: true));
        AllocatedBytes += bytes;
        return Start(_regions.Count - 1);
    }

    /// <summary>Gives back what <see cref="Allocate"/> gave.</summary>
    public void Free(ulong address)
    {
        if (Find(address, 1, out var region) != 0) throw new ArgumentException($"no allocation begins at 0x{address:x}");
        AllocatedBytes -= region!.Bytes;
        region.Dispose();
        _regions[(int)(address >> SpacingBits)] = null;
    }

    /// <summary>Writes from the host.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> values)
    {
        var (region, offset) = Host(address, values.Length);
        values.CopyTo(new Span<byte>(region.Data + offset, values.Length));
        region.Mark(offset, values.Length, ByteState.Written);
    }

    /// <summary>Reads to the host, written or not.</summary>
    public void Read(ulong address, Span<byte> values)
    {
        var (region, offset) = Host(address, values.Length);
        new ReadOnlySpan<byte>(region.Data + offset, values.Length).CopyTo(values);
    }

    /// <summary>Writes one value to all bytes from the host.</summary>
    public void Fill(ulong address, byte value, long bytes)
    {
        var (region, offset) = Host(address, bytes);
        NativeMemory.Fill(region.Data + offset, (nuint)bytes, value);
        region.Mark(offset, bytes, ByteState.Written);
    }

    /// <summary>True if all these bytes were written, by the host or by a kernel.</summary>
    public bool IsWritten(ulong address, long bytes)
    {
        var (region, offset) = Host(address, bytes);
        for (long at = 0; at < bytes; at++)
        {
            if (region.State[offset + at] != ByteState.Written) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var region in _regions) region?.Dispose();
        _regions.Clear();
    }

    /// <summary>The allocation that holds all these bytes and the offset in it; -1 if none does.</summary>
    internal long Find(ulong address, long bytes, out Region? region)
    {
        ulong index = address >> SpacingBits;
        region = index < (ulong)_regions.Count ? _regions[(int)index] : null;
        long offset = (long)(address - Start((int)index));
        return region is not null && offset >= 0 && offset <= region.Bytes - bytes ? offset : -1;
    }

    /// <summary>Says where an address is that no allocation holds.</summary>
    internal string Describe(ulong address)
    {
        ulong index = address >> SpacingBits;
        if (index >= (ulong)_regions.Count) return "far from every allocation";
        if (_regions[(int)index] is not { } region) return "in freed memory";
        long offset = (long)(address - Start((int)index));
        return offset < 0
            ? $"{-offset} bytes before an allocation of {region.Bytes} bytes at 0x{Start((int)index):x}"
            : $"at offset {offset} of an allocation of {region.Bytes} bytes at 0x{Start((int)index):x}";
    }

    /// <summary>Forgets who touched what; the intervals start anew.</summary>
    internal void ForgetAccesses()
    {
        foreach (var region in _regions) region?.Races!.Clear();
        NextInterval = 1;
    }

    private static ulong Start(int index) => ((ulong)index << SpacingBits) + First;

    private (Region Region, long Offset) Host(ulong address, long bytes)
    {
        long offset = Find(address, bytes, out var region);
        return offset >= 0 ? (region!, offset) : throw new ArgumentException($"{bytes} bytes at 0x{address:x} are {Describe(address)}");
    }
}
