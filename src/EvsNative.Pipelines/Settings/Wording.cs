using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EvsNative.Pipelines.Settings;

/// <summary>Reads a value as it is typed.</summary>
/// <typeparam name="T">the type of the value</typeparam>
/// <param name="text">as typed</param>
/// <param name="value">what it means</param>
/// <returns>false if it means nothing</returns>
public delegate bool TryRead<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>How values of a kind are written, both ways.</summary>
/// <typeparam name="T">the type of the values</typeparam>
/// <param name="Placeholder">what stands for a value in the help, such as "N"; empty for a flag</param>
/// <param name="Wanted">what is needed, as the answer to anything else</param>
/// <param name="TryRead">from what is typed</param>
public sealed record Wording<T>(string Placeholder, string Wanted, TryRead<T> TryRead) where T : notnull
{
    /// <summary>The value as it can be typed again.</summary>
    public Func<T, string> Print { get; init; } = value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    /// <summary>The number that is held to a range; none for what is no number.</summary>
    public Func<T, double>? Number { get; init; }

    /// <summary>What to write instead of something that it does not understand, such as ": write 7.5"; empty where nobody knows.</summary>
    public Func<string, string> Advice { get; init; } = _ => "";

    /// <summary>True if JSON has the value as it is: a number or a truth.</summary>
    public bool IsPlain { get; init; }

    /// <summary>
    /// Puts the values of a setting that is given several times together, each of which <see cref="TryRead"/> read by itself; null for
    /// settings that are given once.
    /// </summary>
    public Func<T, T, T>? Join { get; init; }

    /// <summary>The other way: each value of a setting that is given several times, as it can be typed.</summary>
    public Func<T, IReadOnlyList<string>>? Split { get; init; }

    /// <summary>True if <see cref="Wanted"/> lists all words that there are.</summary>
    public bool IsList { get; init; }
}
