using System.Text;

namespace EvsNative.Models;

/// <summary>Words of enumerations for programs, in kebab case: "motion-adapter", "u-net", "t2i-adapter".</summary>
internal static class InspectionWords
{
    /// <summary>The word of a value.</summary>
    public static string Of<T>(T value) where T : struct, Enum
    {
        string name = value.ToString();
        var word = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool isStart = i > 0 && char.IsUpper(name[i])
                && (char.IsLower(name[i - 1]) || (char.IsUpper(name[i - 1]) && i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (isStart) word.Append('-');
            word.Append(char.ToLowerInvariant(name[i]));
        }

        return word.ToString();
    }

    /// <summary>The word of a value, or null for the one that says nothing.</summary>
    public static string? Find<T>(T value) where T : struct, Enum =>
        EqualityComparer<T>.Default.Equals(value, default) ? null : Of(value);
}
