using System.Globalization;
using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Work;

/// <summary>Reads the name that <see cref="WorkUnit.ToString"/> gives.</summary>
internal static class WorkUnitName
{
    private const int Fields = 6;

    /// <summary>The unit of a name; false for a name that is no unit's.</summary>
    public static bool TryParse(string name, out WorkUnit unit)
    {
        unit = default;
        string[] words = name.Split('-');
        if (words.Length != Fields
            || !Enum.TryParse<UnitKind>(words[0], ignoreCase: true, out var kind)
            || words[2] is not ("up" or "down")
            || !Number(words[1], out int stage) || !Number(words[3], out int step)
            || !Number(words[4], out int first) || !Number(words[5], out int count)) return false;
        unit = new WorkUnit(kind, stage, step, words[2] == "up", first, count);
        return true;
    }

    private static bool Number(string word, out int number) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
