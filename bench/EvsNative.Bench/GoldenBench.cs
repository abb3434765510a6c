using System.Diagnostics;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>Holds a device to PyTorch's numbers on small networks.</summary>
internal static class GoldenBench
{
    /// <summary>Prints a line for each.</summary>
    /// <param name="d">the device; it is disposed by the caller</param>
    /// <param name="only">words of the rows wanted; none for all</param>
    /// <param name="isMarkdown">print for a page</param>
    /// <param name="jsonPath">a file for every line; absent for none</param>
    /// <returns>how many fail</returns>
    /// <exception cref="InputException">no row has one of the words</exception>
    public static int Print(Device d, IReadOnlyCollection<string> only, bool isMarkdown, string? jsonPath)
    {
        SmallGolden[] rows = [.. SmallGoldens.All.Where(row =>
            only.Count == 0 || only.Any(word => row.Name.Contains(word, StringComparison.OrdinalIgnoreCase)))];
        if (rows.Length == 0)
        {
            throw new InputException(
                InputCode.UnknownWord,
                $"--only {string.Join(' ', only)}: no golden has this; they are {string.Join("; ", SmallGoldens.All.Select(r => r.Name))}");
        }

        using var json = new JsonLines(jsonPath);
        Console.WriteLine($"device: {d.Description}, {d.Precision}");
        Console.WriteLine();
        var table = new Table(isMarkdown, ("against PyTorch", 40), ("result", 8), ("error", 10), ("allowed", 10), ("s", 8));
        table.Head();
        int failures = 0;
        foreach (var row in rows)
        {
            var watch = Stopwatch.StartNew();
            var (error, problem) = Try(d, row);
            bool isRight = error <= row.ToleranceOn(d);
            if (!isRight) failures++;
            table.Line(
                row.Name, isRight ? "pass" : "FAIL", problem ?? $"{error:0.0e-0}", $"{row.ToleranceOn(d):0.0e-0}",
                $"{watch.Elapsed.TotalSeconds:F1}");
            json.Write(new
            {
                golden = row.Name,
                passed = isRight,
                error = double.IsFinite(error) ? error : (double?)null,
                allowed = row.ToleranceOn(d),
                problem,
                seconds = watch.Elapsed.TotalSeconds,
            });
        }

        return failures;
    }

    private static (double Error, string? Problem) Try(Device d, SmallGolden row)
    {
        try
        {
            using var scope = d.Enter(row.Name);
            return (row.Error(d), null);
        }
        catch (DeviceException e)
        {
            return (double.PositiveInfinity, e.Message);
        }
    }
}
