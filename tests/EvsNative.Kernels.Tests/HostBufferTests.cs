using System.Globalization;
using System.Runtime.InteropServices;

namespace EvsNative.Kernels.Tests;

[Collection(nameof(WholeProcess))]
public sealed unsafe class HostBufferTests
{
    private const long Mebi = 1 << 20;

    private const string Setting = "/sys/kernel/mm/transparent_hugepage/enabled";

    [Fact]
    public void Large_buffers_ask_for_huge_pages()
    {
        if (!File.Exists(Setting)) Assert.Skip("Needs Linux with transparent huge pages.");
        using var buffer = new HostBuffer((8 * Mebi) + 4096);
        Assert.Equal(0, (nint)buffer.Pointer % HugePages.Bytes);
        Assert.Contains("hg", FlagsOfMappingAt((nint)buffer.Pointer).Split(' '));
        Assert.Contains("hg", FlagsOfMappingAt((nint)buffer.Pointer + (nint)(8 * Mebi)).Split(' '));
    }

    [Fact]
    public void Small_buffers_lie_close_together()
    {
        const int Buffers = 200, Each = 100_000;
        Assert.InRange(ResidentBytesOf(Buffers, Each), 0, 2L * Buffers * Each);
    }

    [Fact]
    public void A_large_buffer_takes_no_more_than_a_huge_page_beyond_its_size()
    {
        const int Buffers = 30;
        long each = (4 * Mebi) + 4096;
        // Where the system gives huge pages the buffers take all of this; half a huge page of each is left for the rest of the process.
        Assert.InRange(ResidentBytesOf(Buffers, each), Buffers * each / 2, Buffers * (each + (3 * Mebi)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4 * Mebi)]
    [InlineData((4 * Mebi) + 1)]
    public void Held_bytes_are_counted_until_they_are_given_back(long bytes)
    {
        long before = HostBuffer.HeldBytes;
        var buffer = new HostBuffer(bytes);
        Assert.Equal(0, (nint)buffer.Pointer % 64);
        Assert.Equal(Math.Max(bytes, 64), HostBuffer.HeldBytes - before);
        new Span<byte>(buffer.Pointer, (int)bytes).Fill(1);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Equal(before, HostBuffer.HeldBytes);
    }

    /// <summary>
    /// How much the process grows by buffers that are written from end to end: the least of some rounds, since a process grows now and then
    /// for other reasons too (code that is compiled meanwhile).
    /// </summary>
    private static long ResidentBytesOf(int buffers, long each)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs Linux, which tells how much memory a process has of its own.");
        return Enumerable.Range(0, 4).Min(_ => Growth(buffers, each));
    }

    private static long Growth(int buffers, long each)
    {
        var held = new List<HostBuffer>();
        // What other tests left behind would be given back meanwhile, or used again.
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        if (NativeLibrary.TryLoad("libc.so.6", out nint c) && NativeLibrary.TryGetExport(c, "malloc_trim", out nint trim))
            _ = ((delegate* unmanaged<nuint, int>)trim)(0);
        long before = ResidentBytes();
        for (int i = 0; i < buffers; i++)
        {
            held.Add(new HostBuffer(each));
            new Span<byte>(held[^1].Pointer, (int)each).Fill(1);
        }

        long grown = ResidentBytes() - before;
        held.ForEach(buffer => buffer.Dispose());
        return grown;
    }

    private static long ResidentBytes()
    {
        string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>The kernel's flags of the mapping that holds an address.</summary>
    private static string FlagsOfMappingAt(nint address)
    {
        bool isInside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string first = line.Split(' ')[0];
            if (first.Split('-') is [var from, var to] && !first.EndsWith(':')) isInside = Hex(from) <= address && address < Hex(to);
            else if (isInside && first == "VmFlags:") return line;
        }

        throw new InvalidOperationException("the address lies in no mapping");

        static long Hex(string number) => long.Parse(number, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
