using System.Buffers;
using System.Buffers.Binary;
using EvsNative.Kernels;
using Microsoft.Win32.SafeHandles;

namespace EvsNative.Layers;

/// <summary>
/// A safetensors file: 8 bytes with the length of the header, the header in JSON, the numbers. The header is checked when the file is
/// opened; nothing else is read before it is asked for. Nothing is mapped, so what was read does not count as the process's memory. May be
/// read from several threads.
/// </summary>
public sealed class SafetensorsFile : TensorFile
{
    private const int LengthBytes = 8, NumbersAtOnce = 1 << 16;

    private readonly SafeFileHandle _handle;
    private readonly SafetensorsHeader _header;
    private readonly long _data;

    private SafetensorsFile(string path, SafeFileHandle handle) : base(path)
    {
        _handle = handle;
        long length = RandomAccess.GetLength(handle);
        int headerBytes = HeaderBytes(length);
        byte[] header = new byte[headerBytes];
        ReadExactly(header, LengthBytes);
        _data = LengthBytes + headerBytes;
        _header = SafetensorsHeader.Parse(path, header, length - _data);
        Tensors = _header.Tensors.ToDictionary(entry => entry.Key, entry => (StoredTensor)entry.Value);
    }

    /// <summary>Opens a file and checks its header against the whole format. Throws <see cref="InputException"/>.</summary>
    public static new SafetensorsFile Open(string path)
    {
        var handle = OrdinaryFile.Open(path);
        try
        {
            return new SafetensorsFile(path, handle);
        }
        catch (Exception e)
        {
            handle.Dispose();
            if (StorageFault.Is(e)) throw StorageFault.Reading(e, path);
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Format => "safetensors";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>
    /// Reads a tensor of type F32, F16, BF16 or F64 as float32. Other types and unknown names are an <see cref="InputException"/>.
    /// </summary>
    public override void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        var tensor = (SafetensorsTensor)Find(name);
        if (!FloatReader.CanRead(tensor.Type))
        {
            throw new InputException(
                InputCode.Unsupported,
                $"{Origin}: tensor {InputText.Quote(name)} is stored as {tensor.Type.Word()}: weights must be F32, F16, BF16 or F64");
        }

        if (tensor.Count != values.Length)
            throw new ArgumentException($"read: {name} has {tensor.Count} numbers, the span {values.Length}");
        int size = tensor.Type.Bytes();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(NumbersAtOnce * size);
        try
        {
            long from = _data + tensor.Begin;
            for (var rest = values; !rest.IsEmpty;)
            {
                var piece = rest[..Math.Min(NumbersAtOnce, rest.Length)];
                var stored = buffer.AsSpan(0, piece.Length * size);
                ReadExactly(stored, from);
                FloatReader.Read(tensor.Type, stored, piece);
                rest = rest[piece.Length..];
                from += stored.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public override void ReadStored(string name, Span<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        var tensor = (SafetensorsTensor)Find(name);
        if (tensor.Bytes != bytes.Length)
            throw new ArgumentException($"read: {name} has {tensor.Bytes} bytes, the span {bytes.Length}");
        ReadExactly(bytes, _data + tensor.Begin);
    }

    /// <inheritdoc/>
    public override void Dispose() => _handle.Dispose();

    /// <summary>The header's length, which must be plausible.</summary>
    private int HeaderBytes(long length)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(length, FileFacts.StartBytes)];
        ReadExactly(start, 0);
        if (length < LengthBytes + 2) throw NotSafetensors(start, length);
        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(start);
        bool isPlausible = bytes <= InputLimits.HeaderBytes && start[LengthBytes] == (byte)'{';
        if (!isPlausible) throw NotSafetensors(start, length);
        return bytes <= (ulong)(length - LengthBytes)
            ? (int)bytes
            : throw Damaged($"truncated: a header of {bytes} bytes is promised, the file has {length}");
    }

    private void ReadExactly(Span<byte> bytes, long from)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                int read = RandomAccess.Read(_handle, bytes, from);
                if (read == 0) throw Damaged($"became shorter while it was read, it ends at byte {RandomAccess.GetLength(_handle)} now");
                bytes = bytes[read..];
                from += read;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageFault.Reading(e, Origin);
        }
    }

    private InputException NotSafetensors(ReadOnlySpan<byte> start, long length)
    {
        var facts = FileFacts.Of(start, length);
        return new InputException(facts.Code, $"{Origin}: not a safetensors file: {facts.Sentence}", facts.Details);
    }

    private InputException Damaged(string what) => new(InputCode.Damaged, $"{Origin}: {what}: download it again");
}
