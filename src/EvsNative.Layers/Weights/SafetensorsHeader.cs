using System.Text.Json;
using System.Text.Unicode;

namespace EvsNative.Layers;

/// <summary>
/// The JSON header of a safetensors file, held to every rule of the format. Files come from strangers: System.Text.Json's documents would
/// take duplicate keys silently, so the tokens are read one by one.
/// </summary>
internal sealed class SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";

    private readonly string _origin;

    private SafetensorsHeader(string origin) => _origin = origin;

    public Dictionary<string, SafetensorsTensor> Tensors { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>
    /// Reads a header that stands before <paramref name="dataBytes"/> bytes of numbers. Throws <see cref="InputException"/>.
    /// </summary>
    public static SafetensorsHeader Parse(string origin, ReadOnlySpan<byte> json, long dataBytes)
    {
        var header = new SafetensorsHeader(origin);
        if (json.IsEmpty || json[0] != (byte)'{') throw header.Broken("the header does not start with '{'");
        if (!Utf8.IsValid(json)) throw header.Broken("the header is not UTF-8 text");
        try
        {
            var reader = new Utf8JsonReader(json);
            header.ReadEntries(ref reader);
            var rest = json[(int)reader.BytesConsumed..];
            if (rest.ContainsAnyExcept((byte)' ')) throw header.Broken("something other than spaces follows the header's JSON");
        }
        catch (JsonException e)
        {
            throw header.Broken($"the header is not valid JSON near its byte {e.BytePositionInLine}", e);
        }
        catch (InvalidOperationException e)
        {
            throw header.Broken("the header holds a string that is not valid Unicode", e);
        }

        header.CheckSpans(dataBytes);
        return header;
    }

    private void ReadEntries(ref Utf8JsonReader reader)
    {
        var seen = new HashSet<string>();
        reader.Read();
        while (NextKey(ref reader) is { } name)
        {
            if (!seen.Add(name)) throw Broken($"the header names {InputText.Quote(name)} twice");
            reader.Read();
            if (name == MetadataKey) ReadMetadata(ref reader);
            else if (Tensors.Count == InputLimits.Tensors) throw TooLarge($"more than {InputLimits.Tensors} tensors");
            else Tensors.Add(name, ReadTensor(ref reader, name));
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Broken($"{MetadataKey} is not an object");
        while (NextKey(ref reader) is { } key)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Broken($"{MetadataKey}: {InputText.Quote(key)} is not a string");
            if (!Metadata.TryAdd(key, reader.GetString()!)) throw Broken($"{MetadataKey} names {InputText.Quote(key)} twice");
        }
    }

    private SafetensorsTensor ReadTensor(ref Utf8JsonReader reader, string name)
    {
        StoredType? type = null;
        List<long>? shape = null, span = null;
        if (reader.TokenType != JsonTokenType.StartObject) throw Broken(name, "its entry is not an object");
        while (NextKey(ref reader) is { } key)
        {
            bool isTwice = key switch
            {
                "dtype" => type is not null,
                "shape" => shape is not null,
                "data_offsets" => span is not null,
                _ => throw Broken(name, $"its entry has a field {InputText.Quote(key)} that the format does not know"),
            };
            if (isTwice) throw Broken(name, $"its entry names {InputText.Quote(key)} twice");
            reader.Read();
            if (key == "dtype") type = ReadType(ref reader, name);
            else if (key == "shape") shape = ReadIntegers(ref reader, name, key);
            else span = ReadIntegers(ref reader, name, key);
        }

        if (type is null) throw Broken(name, "dtype is missing");
        if (shape is null) throw Broken(name, "shape is missing");
        if (span is null) throw Broken(name, "data_offsets is missing");
        if (span.Count != 2) throw Broken(name, $"data_offsets has {span.Count} numbers, not 2");
        if (span[0] > span[1]) throw Broken(name, $"its data ends (byte {span[1]}) before it starts (byte {span[0]})");
        long bytes = Bytes(shape, type.Value, name);
        if (bytes / type.Value.Bytes() > InputLimits.Elements) throw TooLarge($"tensor {InputText.Quote(name)} of {bytes} bytes");
        if (bytes != span[1] - span[0])
        {
            string dimensions = string.Join(',', shape);
            throw Broken(name, $"{type.Value.Word()} [{dimensions}] takes {bytes} bytes, but its data_offsets span {span[1] - span[0]}");
        }

        return new SafetensorsTensor(name, type.Value, shape, span[0], span[1]);
    }

    private StoredType ReadType(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String) throw Broken(name, "dtype is not a string");
        string word = reader.GetString()!;
        if (StoredTypes.Find(word) is { } type) return type;
        if (!StoredTypes.NotRead.Contains(word)) throw Broken(name, $"unknown dtype {InputText.Quote(word)}");
        throw new InputException(
            InputCode.Unsupported,
            $"{_origin}: tensor {InputText.Quote(name)} is stored as {word}, which is not read: take the same model in F16");
    }

    private List<long> ReadIntegers(ref Utf8JsonReader reader, string name, string key)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Broken(name, $"{key} is not an array");
        var values = new List<long>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            bool isWhole = reader.TokenType == JsonTokenType.Number && !reader.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9');
            if (values.Count == InputLimits.Axes) throw Broken(name, $"{key} has more than {InputLimits.Axes} numbers");
            if (isWhole && reader.TryGetInt64(out long value)) values.Add(value);
            else throw Broken(name, $"{key} holds something that is not an integer of 0 or more (63 bits)");
        }

        return values;
    }

    private long Bytes(List<long> shape, StoredType type, string name)
    {
        try
        {
            long bytes = type.Bytes();
            foreach (long length in shape) bytes = checked(bytes * length);
            return bytes;
        }
        catch (OverflowException)
        {
            throw Broken(name, $"the size of [{string.Join(',', shape.Take(8))}] overflows 64 bits");
        }
    }

    /// <summary>The tensors must lie one behind the other, in any order of names, and cover the data exactly.</summary>
    private void CheckSpans(long dataBytes)
    {
        SafetensorsTensor? last = null;
        foreach (var tensor in Tensors.Values.OrderBy(t => t.Begin).ThenBy(t => t.End))
        {
            long expected = last?.End ?? 0;
            string before = last is null ? "the start of the data" : $"the end of {InputText.Quote(last.Name)}";
            long hole = tensor.Begin - expected;
            if (hole > 0) throw Broken(tensor.Name, $"a hole of {hole} bytes lies between it and {before}");
            if (hole < 0) throw Broken(tensor.Name, $"it overlaps {before} by {-hole} bytes");
            last = tensor;
        }

        long promised = last?.End ?? 0;
        if (promised > dataBytes)
        {
            throw new InputException(
                InputCode.Damaged,
                $"{_origin}: truncated: the header promises {promised} bytes of data, the file has {dataBytes}: download it again");
        }

        if (promised < dataBytes) throw Broken($"{dataBytes - promised} bytes follow the last tensor");
    }

    /// <summary>The next key of an object, or null at its end.</summary>
    private static string? NextKey(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;
    }

    private InputException TooLarge(string what) =>
        new(InputCode.TooLarge, $"{_origin}: {what}: more than any network has: check the file");

    private InputException Broken(string rule, Exception? cause = null) =>
        new(InputCode.Damaged, $"{_origin}: broken safetensors file: {rule}", cause: cause);

    private InputException Broken(string name, string rule) => Broken($"tensor {InputText.Quote(name)}: {rule}");
}
