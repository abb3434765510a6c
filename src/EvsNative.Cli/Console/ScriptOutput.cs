using System.Text.Json;
using System.Text.Json.Serialization;

namespace EvsNative.Cli;

/// <summary>JSON for scripts.</summary>
internal static class ScriptOutput
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // The error of an operation that computes NaN is infinite.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Prints one object.</summary>
    /// <exception cref="LostOutputException">the output stream takes nothing</exception>
    public static void Write<T>(T value) => Screen.ShowJson(JsonSerializer.Serialize(value, Options));
}
