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
public sealed class SafetensorsFile : IWeightFile, IDisposable
{
    private const int LengthBytes = 8, NumbersAtOnce = 1 << 16;

    private readonly SafeFileHandle _handle;
    private readonly SafetensorsHeader _header;
    private readonly long _data;

    private SafetensorsFile(string path, SafeFileHandle handle)
    {
        (Origin, _handle) = (path, handle);
        long length = RandomAccess.GetLength(handle);
        int headerBytes = HeaderBytes(length);
        byte[] header = new byte[headerBytes];
        ReadExactly(header, LengthBytes);
        _data = LengthBytes + headerBytes;
        _header = SafetensorsHeader.Parse(path, header, length - _data);
        Count = _header.Tensors.Values.Sum(tensor => tensor.Count);
    }

    /// <summary>Opens a file and checks its header against the whole format. Throws <see cref="InputException"/>.</summary>
    public static SafetensorsFile Open(string path)
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

    /// <summary>The path, as it was given.</summary>
    public string Origin { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _header.Tensors.Keys;

    /// <inheritdoc/>
    public long Count { get; }

    /// <summary>What the writer said about the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The tensors by name: types, shapes and places.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors => _header.Tensors;

    /// <inheritdoc/>
    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => _header.Tensors.GetValueOrDefault(name)?.Shape;

    /// <inheritdoc/>
    public WeightStorage StorageOf(string name) => _header.Tensors.GetValueOrDefault(name)?.Type switch
    {
        SafetensorsType.F16 => WeightStorage.Float16,
        SafetensorsType.BF16 => WeightStorage.BFloat16,
        _ => WeightStorage.Float32,
    };

    /// <summary>
    /// Reads a tensor of type F32, F16, BF16 or F64 as float32. Other types and unknown names are an <see cref="InputException"/>.
    /// </summary>
    public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        var tensor = Find(name);
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

    /// <summary>The values of a tensor.</summary>
    public float[] Values(string name)
    {
        var tensor = Find(name);
        if (tensor.Count > InputLimits.WeightElements)
        {
            throw new InputException(
                InputCode.TooLarge, $"{Origin}: tensor {InputText.Quote(name)} of {tensor.Count} numbers does not fit an array");
        }

        float[] values = new float[tensor.Count];
        Read(name, tensor.Shape, values);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private SafetensorsTensor Find(string name)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return _header.Tensors.GetValueOrDefault(name)
            ?? throw new InputException(InputCode.Incomplete, $"{Origin}: there is no tensor {InputText.Quote(name)}");
    }

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
