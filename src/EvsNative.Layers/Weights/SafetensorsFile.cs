using System.Buffers.Binary;

namespace EvsNative.Layers;

/// <summary>
/// A safetensors file: 8 bytes with the length of the header, the header in JSON, the numbers. The header is checked when the file is
/// opened; nothing else is read before it is asked for. May be read from several threads.
/// </summary>
public sealed class SafetensorsFile : TensorFile
{
    private const int LengthBytes = 8;

    private readonly FileBytes _file;
    private readonly SafetensorsHeader _header;
    private readonly long _data;

    private SafetensorsFile(FileBytes file) : base(file.Path)
    {
        _file = file;
        byte[] header = new byte[HeaderBytes(file.Start(FileFacts.StartBytes))];
        _file.ReadExactly(header, LengthBytes);
        _data = LengthBytes + header.Length;
        _header = SafetensorsHeader.Parse(file.Path, header, file.Length - _data);
        Tensors = _header.Tensors.ToDictionary(entry => entry.Key, entry => (StoredTensor)entry.Value);
    }

    /// <summary>Opens a file and checks its header against the whole format. Throws <see cref="InputException"/>.</summary>
    public static new SafetensorsFile Open(string path)
    {
        var file = FileBytes.Open(path);
        try
        {
            return Open(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The same of a file that is open, and is its from then on.</summary>
    internal static SafetensorsFile Open(FileBytes file) => new(file);

    /// <inheritdoc/>
    public override string Format => "safetensors";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <inheritdoc/>
    public override void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        var tensor = (SafetensorsTensor)FindReadable(name, values.Length);
        StoredNumbers.Read(_file, _data + tensor.Begin, tensor.Type, values);
    }

    /// <inheritdoc/>
    public override void ReadStored(string name, Span<byte> bytes)
    {
        var tensor = (SafetensorsTensor)FindStored(name, bytes.Length);
        _file.ReadExactly(bytes, _data + tensor.Begin);
    }

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();

    /// <summary>The header's length, which must be plausible.</summary>
    private int HeaderBytes(ReadOnlySpan<byte> start)
    {
        ulong bytes = start.Length < LengthBytes + 2 ? ulong.MaxValue : BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (bytes > InputLimits.HeaderBytes || start[LengthBytes] != (byte)'{') throw NotSafetensors(start);
        return bytes <= (ulong)(_file.Length - LengthBytes)
            ? (int)bytes
            : throw new InputException(
                InputCode.Damaged,
                $"{Origin}: truncated: a header of {bytes} bytes is promised, the file has {_file.Length}: download it again");
    }

    private InputException NotSafetensors(ReadOnlySpan<byte> start)
    {
        var facts = FileFacts.Of(start, _file.Length);
        return new InputException(facts.Code, $"{Origin}: not a file of weights: {facts.Sentence}", facts.Details);
    }
}
