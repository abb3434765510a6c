using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// A safetensors file, mapped into memory: 8 bytes with the length of the header, the header in JSON, the numbers. The header is checked when the
/// file is opened; nothing else is read before it is asked for. May be read from several threads.
/// </summary>
public sealed unsafe class SafetensorsFile : IWeightFile
{
    private const int LengthBytes = 8;

    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafetensorsHeader _header;
    private readonly byte* _data;
    private bool _isClosed;

    private SafetensorsFile(string path, MemoryMappedFile map, long length)
    {
        (Origin, _map) = (path, map);
        _view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            start += _view.PointerOffset;
            int headerBytes = HeaderBytes(path, start, length);
            _header = SafetensorsHeader.Parse(path, new ReadOnlySpan<byte>(start + LengthBytes, headerBytes), length - LengthBytes - headerBytes);
            _data = start + LengthBytes + headerBytes;
            Bytes = length;
            Count = _header.Tensors.Values.Sum(tensor => tensor.Count);
        }
        catch
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file and checks its header against the whole format. Throws <see cref="InputException"/>.</summary>
    public static SafetensorsFile Open(string path)
    {
        if (Directory.Exists(path)) throw new InputException($"{path}: a folder, where a safetensors file is needed");
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length == 0) throw NotSafetensors(path, [], 0);
            var map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            try
            {
                return new SafetensorsFile(path, map, stream.Length);
            }
            catch
            {
                map.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: no such file", cause: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{path}: cannot be read: {e.Message}", cause: e);
        }
    }

    /// <summary>The path, as it was given.</summary>
    public string Origin { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _header.Tensors.Keys;

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public long Bytes { get; }

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

    /// <summary>Reads a tensor of type F32, F16, BF16 or F64 as float32. Other types and unknown names are an <see cref="InputException"/>.</summary>
    public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        var tensor = Find(name);
        if (!FloatReader.CanRead(tensor.Type))
        {
            string quoted = SafetensorsHeader.Quote(name);
            throw new InputException($"{Origin}: tensor {quoted} is stored as {tensor.Type.Word()}: weights must be F32, F16, BF16 or F64");
        }

        if (tensor.Count != values.Length) throw new ArgumentException($"read: {name} has {tensor.Count} numbers, the span {values.Length}");
        FloatReader.Read(tensor.Type, DataOf(tensor), values);
    }

    /// <summary>The values of a tensor.</summary>
    public float[] Values(string name)
    {
        var tensor = Find(name);
        var values = new float[tensor.Count];
        Read(name, tensor.Shape, values);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isClosed) return;
        _isClosed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }

    private SafetensorsTensor Find(string name)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return _header.Tensors.GetValueOrDefault(name) ?? throw new InputException($"{Origin}: there is no tensor {SafetensorsHeader.Quote(name)}");
    }

    private ReadOnlySpan<byte> DataOf(SafetensorsTensor tensor)
    {
        long bytes = tensor.End - tensor.Begin;
        return bytes <= int.MaxValue
            ? new ReadOnlySpan<byte>(_data + tensor.Begin, (int)bytes)
            : throw new InputException($"{Origin}: tensor {SafetensorsHeader.Quote(tensor.Name)} has more than 2 GiB: it is not read");
    }

    private static int HeaderBytes(string path, byte* start, long length)
    {
        var first = new ReadOnlySpan<byte>(start, (int)Math.Min(length, FileKind.StartBytes));
        if (length < LengthBytes + 2) throw NotSafetensors(path, first, length);
        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(first);
        bool isPlausible = bytes <= SafetensorsHeader.LongestBytes && first[LengthBytes] == (byte)'{';
        if (!isPlausible) throw NotSafetensors(path, first, length);
        return bytes <= (ulong)(length - LengthBytes)
            ? (int)bytes
            : throw new InputException($"{path}: truncated: a header of {bytes} bytes is promised, the file has {length}: download it again");
    }

    private static InputException NotSafetensors(string path, ReadOnlySpan<byte> start, long length) =>
        new($"{path}: not a safetensors file: {FileKind.Describe(start, length)}");
}
