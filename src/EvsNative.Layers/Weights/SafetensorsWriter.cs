using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EvsNative.Layers;

/// <summary>
/// Writes a safetensors file one tensor at a time. The file appears under its name, whole, when <see cref="Complete"/> is called; what was
/// written until then is removed if it never is. That the disk has room for it is asked before anything is written.
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
    private long _bytesOfNext;

    /// <summary>Starts a file.</summary>
    /// <param name="path">its place</param>
    /// <param name="plan">its tensors, which must then be appended in this order</param>
    /// <param name="metadata">words for its header</param>
    /// <param name="force">replace a file that is there</param>
    /// <param name="said">what messages call it, if not by its place: an output of which it is a part</param>
    /// <exception cref="InputException">the place is taken, cannot be written, or has too little room</exception>
    public SafetensorsWriter(
        string path, IReadOnlyList<SafetensorsPlan> plan, IReadOnlyDictionary<string, string>? metadata = null, bool force = true,
        string? said = null)
    {
        (_path, _plan) = (said ?? path, plan);
        byte[] header = Header(plan, metadata);
        _pending = new PendingFile(path, force);
        try
        {
            OutputSpace.Require(path, header.Length + plan.Sum(tensor => tensor.Bytes), _path);
            _file = new FileStream(_pending.Temporary, FileMode.CreateNew, FileAccess.Write);
        }
        catch (Exception e)
        {
            _pending.Dispose();
            if (StorageFault.Is(e)) throw StorageFault.Writing(e, _path);
            throw;
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

    /// <summary>
    /// Writes the numbers of the next tensor, rounded to its type: to the nearest, ties to even. NaN and infinity pass.
    /// </summary>
    /// <exception cref="InputException">a number is too large for the type</exception>
    public void Append(ReadOnlySpan<float> values)
    {
        var plan = Next(0);
        if (!FloatWriter.CanWrite(plan.Type)) throw new NotSupportedException($"safetensors: numbers as {plan.Type}");
        if (values.Length != plan.Count)
            throw new ArgumentException($"safetensors: {plan.Name} has {plan.Count} numbers, not {values.Length}");
        if (FloatWriter.FindTooLarge(plan.Type, values) is { } tooLarge) throw DoesNotFit(plan, tooLarge);

        byte[] buffer = ArrayPool<byte>.Shared.Rent(NumbersAtOnce * plan.Type.Bytes());
        try
        {
            while (!values.IsEmpty)
            {
                var piece = values[..Math.Min(values.Length, NumbersAtOnce)];
                var bytes = buffer.AsSpan(0, piece.Length * plan.Type.Bytes());
                FloatWriter.Write(plan.Type, piece, bytes);
                Put(bytes);
                values = values[piece.Length..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _next++;
    }

    /// <summary>Writes stored bytes of the next tensor as they are; a tensor may come in several pieces, one behind the other.</summary>
    public void AppendStored(ReadOnlySpan<byte> bytes)
    {
        var plan = Next(_bytesOfNext);
        long after = _bytesOfNext + bytes.Length;
        if (after > plan.Bytes) throw new ArgumentException($"safetensors: {plan.Name} has {plan.Bytes} bytes, not {after}");
        Put(bytes);
        bool isWhole = after == plan.Bytes;
        (_next, _bytesOfNext) = isWhole ? (_next + 1, 0) : (_next, after);
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
        long end = checked(at + tensor.Bytes);
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

    private InputException DoesNotFit(SafetensorsPlan tensor, float value)
    {
        string number = value.ToString("G4", CultureInfo.InvariantCulture);
        string wider = tensor.Type == StoredType.F16 ? "bf16 or f32" : "f32";
        return new InputException(
            InputCode.OutOfRange,
            $"{_path}: tensor {InputText.Quote(tensor.Name)} holds {number}, which is too large for {tensor.Type.Word()}: write {wider}");
    }

    /// <summary>The tensor that is to be written, of which so many bytes are.</summary>
    private SafetensorsPlan Next(long written)
    {
        if (_next == _plan.Count) throw new InvalidOperationException("safetensors: every tensor of the plan is written");
        return _bytesOfNext == written ? _plan[_next] : throw new InvalidOperationException("safetensors: a tensor is half-written");
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
