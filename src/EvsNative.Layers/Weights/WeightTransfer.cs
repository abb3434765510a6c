using System.Runtime.InteropServices;
using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// A tensor on its way into a safetensors file: the same bits where its type stays, rounded numbers where it changes. One tensor at most is
/// in memory.
/// </summary>
/// <param name="source">where it is read</param>
/// <param name="name">its name there</param>
/// <param name="plan">what it will be</param>
internal sealed class WeightTransfer(IWeightFile source, string name, SafetensorsPlan plan)
{
    /// <summary>What it will be.</summary>
    public SafetensorsPlan Plan => plan;

    private bool IsCopied => source.FindStored(name)?.Type == plan.Type;

    /// <summary>Bytes that it takes in memory.</summary>
    private int Room => (IsCopied ? plan.Bytes : sizeof(float) * plan.Count) is var bytes && bytes <= Array.MaxLength
        ? (int)bytes
        : throw new InputException(
            InputCode.TooLarge, $"{source.Origin}: tensor {InputText.Quote(name)} of {bytes} bytes does not fit an array");

    /// <summary>A tensor of a file as it is, perhaps in another floating-point type; whole numbers always stay as they are.</summary>
    /// <param name="source">where it is read</param>
    /// <param name="name">its name there, which it keeps</param>
    /// <param name="type">the type of its numbers; null keeps it</param>
    public static WeightTransfer Of(IWeightFile source, string name, StoredType? type) =>
        source.FindStored(name) is { } stored
            ? new(source, name, new SafetensorsPlan(name, stored.Shape, stored.Type.IsFloat() ? type ?? stored.Type : stored.Type))
            : OfNetwork(source, name, name, source.FindShape(name, [])!, type);

    /// <summary>A tensor of a network, which becomes one of the types that every program reads in networks: F32, F16, BF16.</summary>
    /// <param name="source">where it is read</param>
    /// <param name="name">its name there</param>
    /// <param name="newName">its name in the file that is written</param>
    /// <param name="shape">its dimensions there, of as many elements</param>
    /// <param name="type">the type of its numbers; null keeps it where the file's is one of the three</param>
    public static WeightTransfer OfNetwork(
        IWeightFile source, string name, string newName, IReadOnlyList<long> shape, StoredType? type)
    {
        var kept = source.FindStored(name) is { } stored && FloatWriter.CanWrite(stored.Type) ? stored.Type : TypeOf(source, name);
        return new(source, name, new SafetensorsPlan(newName, shape, type ?? kept));
    }

    /// <summary>
    /// In the order in which they are to be written: wide elements first, so that every tensor lies at a multiple of its elements' size,
    /// which readers that map files want.
    /// </summary>
    public static IReadOnlyList<WeightTransfer> InOrder(IEnumerable<WeightTransfer> transfers) =>
        [.. transfers.OrderByDescending(transfer => transfer.Plan.Type.Bytes())];

    /// <summary>Appends all, in order.</summary>
    /// <param name="transfers">the tensors that the file was planned with</param>
    /// <param name="writer">the file</param>
    /// <param name="onWritten">told how many bytes have been written after each tensor</param>
    /// <param name="stop">asked between tensors</param>
    /// <returns>the tensors in which numbers that were rounded are NaN or infinite; of copied bytes nobody looks at the values</returns>
    /// <exception cref="InputException">one cannot be read or written, or a number does not fit its type</exception>
    public static IReadOnlyList<string> WriteAll(
        IReadOnlyList<WeightTransfer> transfers, SafetensorsWriter writer, Action<long>? onWritten, CancellationToken stop)
    {
        var notFinite = new List<string>();
        byte[] buffer = new byte[transfers.Max(transfer => (long?)transfer.Room) ?? 0];
        long written = 0;
        foreach (var transfer in transfers)
        {
            stop.ThrowIfCancellationRequested();
            if (transfer.Write(writer, buffer) > 0) notFinite.Add(transfer.Plan.Name);
            onWritten?.Invoke(written += transfer.Plan.Bytes);
        }

        return notFinite;
    }

    /// <summary>Appends it. Gives how many of its numbers are NaN or infinite, if they were looked at.</summary>
    private long Write(SafetensorsWriter writer, byte[] buffer)
    {
        var whole = buffer.AsSpan(0, Room);
        if (IsCopied)
        {
            source.ReadStored(name, whole);
            writer.AppendStored(whole);
            return 0;
        }

        var values = MemoryMarshal.Cast<byte, float>(whole);
        source.Read(name, source.FindShape(name, plan.Shape)!, values);
        writer.Append(values);
        return FloatReader.CountNonFinite(values);
    }

    private static StoredType TypeOf(IWeightFile source, string name) => source.StorageOf(name) switch
    {
        WeightStorage.Float16 => StoredType.F16,
        WeightStorage.BFloat16 => StoredType.BF16,
        _ => StoredType.F32,
    };
}
