using System.Text.Json;

namespace EvsNative.Cli;

/// <summary>JSON for scripts.</summary>
internal static class ScriptOutput
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Prints one object.</summary>
    public static void Write<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Options));
}
