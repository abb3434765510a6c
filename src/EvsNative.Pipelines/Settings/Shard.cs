using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Settings;

/// <summary>One worker's part of a list: of N workers, number I does I, I + N, I + 2N and so on.</summary>
/// <param name="Index">I, from 0</param>
/// <param name="Count">N</param>
public readonly record struct Shard(int Index, int Count)
{
    /// <summary>All of the list.</summary>
    public static Shard Whole { get; } = new(0, 1);

    /// <summary>Whether a place of the list, from 0, is this worker's.</summary>
    public bool Has(int place) => place % Count == Index;

    /// <summary>
    /// The part that a scheduler's environment gives this process: SLURM_ARRAY_TASK_ID among MIN to MAX by STEP, or Kubernetes'
    /// JOB_COMPLETION_INDEX of JOB_COMPLETIONS; null where none speaks.
    /// </summary>
    /// <param name="variable">reads a variable of the environment</param>
    /// <exception cref="InputException">the variables make no sense</exception>
    public static Shard? Scheduled(Func<string, string?> variable)
    {
        if (variable("SLURM_ARRAY_TASK_ID") is { Length: > 0 })
        {
            int id = Number("SLURM_ARRAY_TASK_ID"), least = Number("SLURM_ARRAY_TASK_MIN", 0), step = Number("SLURM_ARRAY_TASK_STEP", 1);
            int count = Number("SLURM_ARRAY_TASK_COUNT", 1);
            return Checked((id - least) / Math.Max(1, step), count, "SLURM_ARRAY_TASK_ID");
        }

        return variable("JOB_COMPLETION_INDEX") is { Length: > 0 }
            ? Checked(Number("JOB_COMPLETION_INDEX"), Number("JOB_COMPLETIONS"), "JOB_COMPLETION_INDEX")
            : null;

        int Number(string name, int? otherwise = null)
        {
            string? said = variable(name);
            if (said is null && otherwise is { } usual) return usual;
            return int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new InputException(
                    InputCode.OutOfRange,
                    $"{name} is {(said is null ? "not set" : InputText.Quote(said))} where a whole number is needed: set it, or say "
                    + "--shard");
        }
    }

    /// <summary>"2/8".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    /// <summary>Reads what <see cref="ToString"/> prints.</summary>
    internal static bool TryRead(string text, [MaybeNullWhen(false)] out Shard shard)
    {
        shard = default;
        if (text.Split('/') is not [var index, var count]) return false;
        if (!Numbers.TryWhole(index, out int i) || !Numbers.TryWhole(count, out int n) || i < 0 || i >= n) return false;
        shard = new Shard(i, n);
        return true;
    }

    private static Shard Checked(int index, int count, string name) => index >= 0 && index < count
        ? new Shard(index, count)
        : throw new InputException(
            InputCode.OutOfRange, $"{name} gives place {index} of {count} workers, which is none: check the job, or say --shard");
}
