using System.Globalization;
using System.Text.Json;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>
/// What became of the forms that were tried, a line of JSON each, so that a run of hours that is ended goes on where it was. It is of one
/// state of the sources: whoever changes a kernel, a call or a reason deletes it.
/// </summary>
internal sealed class TensorMutantLog
{
    private readonly string _file;
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Lock _lock = new();

    /// <param name="file">where it lies; it need not be there</param>
    public TensorMutantLog(string file)
    {
        _file = file;
        if (!File.Exists(file)) return;
        foreach (string line in File.ReadLines(file))
        {
            // A run that was killed may have left half a line at the end.
            if (!line.EndsWith('}')) continue;
            var entry = JsonSerializer.Deserialize<Entry>(line)!;
            _entries[entry.Form] = entry;
        }
    }

    /// <summary>What was found; null if the form was not tried yet.</summary>
    /// <param name="form">the form</param>
    /// <param name="places">gets the places of its bugs</param>
    public TensorMutantResult? Find(TensorMutantForm form, TensorMutantPlaces places)
    {
        if (!_entries.TryGetValue($"{form}", out var entry)) return null;
        places.Noticed.UnionWith(entry.NoticedPlaces.Select(Read));
        places.Harmless.UnionWith(entry.HarmlessPlaces.Select(Read));
        var rows = entry.Harmless.Select(name => TensorHarmless.Rows.First(row => $"{row}" == name));
        return new TensorMutantResult(form, entry.Elsewhere, entry.Noticed, [.. rows], entry.Survivors);
    }

    /// <summary>Keeps what was found.</summary>
    public void Add(TensorMutantResult result, TensorMutantPlaces places)
    {
        var entry = new Entry(
            $"{result.Form}", result.Elsewhere, result.Noticed, [.. result.Harmless.Select(row => $"{row}")], [.. result.Survivors],
            [.. places.Noticed.Select(Text)], [.. places.Harmless.Select(Text)]);
        lock (_lock) File.AppendAllText(_file, JsonSerializer.Serialize(entry) + "\n");
    }

    private static string Text(ulong place) => place.ToString("x", CultureInfo.InvariantCulture);

    private static ulong Read(string place) => ulong.Parse(place, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private sealed record Entry(
        string Form, int Elsewhere, int Noticed, string[] Harmless, string[] Survivors, string[] NoticedPlaces, string[] HarmlessPlaces);
}
