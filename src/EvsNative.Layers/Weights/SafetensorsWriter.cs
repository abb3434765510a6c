using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EvsNative.Layers;

/// <summary>A tensor that is going to be written.</summary>
/// <param name="Name">its name</param>
/// <param name="Shape">its dimensions</param>
/// <param name="Type">F32 or F16</param>
public sealed record SafetensorsPlan(string Name, IReadOnlyList<long> Shape, StoredType Type = StoredType.F32);

/// <summary>
/// Writes a safetensors file one tensor at a time. The file appears under its name, whole, when <see cref="Complete"/> is called; what was
/// written until then is removed if it never is.
/// </summary>
public sealed class SafetensorsWriter : IDisposable
{
    private const int Alignment = 8, NumbersAtOnce = 1 << 14;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _path;
    private readonly IReadOnlyList<SafetensorsPlan> _plan;
    private readonly PendingFile _pending;
    private readonly FileStream _file;
    private int _next;

    /// <summary>Starts a file.</summary>
    /// <param name="path">its place</param>
    /// <param name="plan">its tensors, which must then be appended in this order</param>
    /// <param name="metadata">words for its header</param>
    /// <param name="force">replace a file that is there</param>
    /// <exception cref="InputException">the place is taken, or cannot be written</exception>
    public SafetensorsWriter(
        string path, IReadOnlyList<SafetensorsPlan> plan, IReadOnlyDictionary<string, string>? metadata = null, bool force = true)
    {
        (_path, _plan) = (path, plan);
        byte[] header = Header(plan, metadata);
        _pending = new PendingFile(path, force);
        try
        {
            _file = new FileStream(_pending.Temporary, FileMode.CreateNew, FileAccess.Write);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            _pending.Dispose();
            throw StorageFault.Writing(e, path);
        }

        try
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            Put(length);
            Put(header);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What a killed run had left there, and whether the file got another name.</summary>
    public IReadOnlyList<Notice> Notices => _pending.Notices;

    /// <summary>Writes all of a file at once, as float32.</summary>
    public static void Save(string path, IEnumerable<(string Name, long[] Shape, float[] Values)> tensors)
    {
        var list = tensors.ToList();
        using var writer = new SafetensorsWriter(path, [.. list.Select(tensor => new SafetensorsPlan(tensor.Name, tensor.Shape))]);
        foreach (var tensor in list) writer.Append(tensor.Values);
        writer.Complete();
    }

    /// <summary>Writes the values of the next tensor; F16 rounds them to the nearest half.</summary>
    public void Append(ReadOnlySpan<float> values)
    {
        if (_next == _plan.Count) throw new InvalidOperationException("safetensors: every tensor of the plan is written");
        var plan = _plan[_next];
        if (values.Length != Numbers(plan))
            throw new ArgumentException($"safetensors: {plan.Name} has {Numbers(plan)} numbers, not {values.Length}");
        if (plan.Type == StoredType.F32) Put(MemoryMarshal.AsBytes(values));
        else PutHalves(values);
        _next++;
    }

    /// <summary>Puts the file in its place, or under a free name beside it if something has come there meanwhile.</summary>
    /// <returns>where it is</returns>
    /// <exception cref="InputException">the disk failed</exception>
    public string Complete()
    {
        if (_next != _plan.Count)
            throw new InvalidOperationException($"safetensors: {_plan.Count - _next} tensors of the plan are not written");
        Close();
        return _pending.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        finally
        {
            _pending.Dispose();
        }
    }

    private static byte[] Header(IReadOnlyList<SafetensorsPlan> plan, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            long at = 0;
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }

            foreach (var tensor in plan) at = WriteEntry(json, tensor, at);
            json.WriteEndObject();
        }

        byte[] header = new byte[(buffer.WrittenCount + Alignment - 1) / Alignment * Alignment];
        header.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(header);
        return header;
    }

    private static long WriteEntry(Utf8JsonWriter json, SafetensorsPlan tensor, long at)
    {
        if (tensor.Type is not (StoredType.F32 or StoredType.F16))
            throw new NotSupportedException($"safetensors: writing {tensor.Type}");
        long end = at + (Numbers(tensor) * tensor.Type.Bytes());
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.Word());
        json.WriteStartArray("shape");
        foreach (long length in tensor.Shape) json.WriteNumberValue(length);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(at);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }

    private static long Numbers(SafetensorsPlan tensor) => tensor.Shape.Aggregate(1L, (product, length) => checked(product * length));

    private void PutHalves(ReadOnlySpan<float> values)
    {
        var halves = new Half[Math.Min(values.Length, NumbersAtOnce)];
        while (!values.IsEmpty)
        {
            int count = Math.Min(values.Length, NumbersAtOnce);
            for (int i = 0; i < count; i++) halves[i] = (Half)values[i];
            Put(MemoryMarshal.AsBytes(halves.AsSpan(0, count)));
            values = values[count..];
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.Write(bytes);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _path);
        }
    }

    /// <summary>What is still in the stream's buffer is written when it is closed.</summary>
    private void Close()
    {
        try
        {
            _file.Dispose();
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _path);
        }
    }
}
