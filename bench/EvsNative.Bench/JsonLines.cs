using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>A file of JSON, one object a line, each there as soon as it is written: a run that is stopped loses nothing.</summary>
internal sealed class JsonLines : IDisposable
{
    // JSON has no word for what is not finite, which is what a failure often is: it becomes "NaN" or "Infinity".
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly StreamWriter? _file;

    /// <param name="path">the file, replaced; absent for none</param>
    /// <exception cref="InputException">it cannot be written</exception>
    public JsonLines(string? path)
    {
        try
        {
            _file = path is null ? null : new StreamWriter(path) { AutoFlush = true, NewLine = "\n" };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException(InputCode.NotWritable, $"--json {path}: {e.Message}");
        }
    }

    public void Write<T>(T line) => _file?.WriteLine(JsonSerializer.Serialize(line, Options));

    public void Dispose() => _file?.Dispose();

    /// <summary>The objects of a file; a last line that a stop cut off is left out.</summary>
    /// <exception cref="InputException">it cannot be read</exception>
    public static IReadOnlyList<T> Read<T>(string path)
    {
        try
        {
            var whole = File.ReadLines(path).Where(line => line.EndsWith('}'));
            return [.. whole.Select(line => JsonSerializer.Deserialize<T>(line, Options)!)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new InputException(InputCode.Unreadable, $"{path}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
