using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EvsNative.Pipelines.Runs;

/// <summary>Many numbers in one line of JSON, to four digits behind the point.</summary>
internal sealed class CompactNumbers : JsonConverter<IReadOnlyList<double>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<double> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("summaries are written, not read");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<double> value, JsonSerializerOptions options) =>
        writer.WriteRawValue($"[{string.Join(",", value.Select(number => number.ToString("0.####", CultureInfo.InvariantCulture)))}]");
}
