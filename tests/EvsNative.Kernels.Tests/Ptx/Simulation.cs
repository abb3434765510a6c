using System.Runtime.InteropServices;
using EvsNative.Kernels.Gpu;
using EvsNative.PtxSim;

namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>
/// Runs texts of PTX on tensors of float32 and gives what they left behind; any finding of the interpreter fails the test.
/// </summary>
internal static class Simulation
{
    /// <summary>A buffer of the arguments: filled with values, or to be written to.</summary>
    public sealed record Buffer(float[]? Values, int Count)
    {
        public static Buffer Of(float[] values) => new(values, values.Length);

        public static Buffer ForResult(int count) => new(null, count);
    }

    /// <summary>A buffer after the run.</summary>
    /// <param name="text">PTX with one kernel</param>
    /// <param name="groups">of the launch</param>
    /// <param name="threads">of a group</param>
    /// <param name="buffers">become operands, in their order</param>
    /// <param name="scalars">what follows them in the struct of arguments, as bytes</param>
    /// <param name="result">which buffer</param>
    public static float[] Run(string text, Groups groups, int threads, Buffer[] buffers, byte[] scalars, int result = 0)
    {
        using var memory = new PtxMemory();
        ulong[] places = Array.ConvertAll(buffers, buffer => Place(memory, buffer));
        byte[] arguments = [.. places.SelectMany((place, i) => Operand(place, buffers[i].Count)), .. scalars];
        var entry = PtxModule.Parse(text).Entries[0];
        Array.Resize(ref arguments, entry.ParameterBytes);
        var report = new PtxMachine(memory).Launch(entry, (groups.X, groups.Y, groups.Z), (threads, 1, 1), 0, arguments);
        Assert.True(report.Count == 0, report.ToString());
        float[] values = new float[buffers[result].Count];
        memory.Read(places[result], MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    public static byte[] Bytes(params ReadOnlySpan<int> scalars) => MemoryMarshal.AsBytes(scalars).ToArray();

    private static ulong Place(PtxMemory memory, Buffer buffer)
    {
        ulong place = memory.Allocate(buffer.Count * sizeof(float));
        if (buffer.Values is { } values) memory.Write(place, MemoryMarshal.AsBytes(values.AsSpan()));
        return place;
    }

    // A view of bytes is address and length, then comes the offset.
    private static byte[] Operand(ulong place, int count) => MemoryMarshal.AsBytes<long>([(long)place, count * sizeof(float), 0]).ToArray();
}
