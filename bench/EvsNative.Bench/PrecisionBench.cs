using System.Text.Json.Serialization;
using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>What bench/peers/torch_precision.py says of a golden.</summary>
/// <param name="Golden">the case</param>
/// <param name="Half">error of PyTorch's own binary16</param>
/// <param name="Tf32">the same with inputs rounded to tf32</param>
internal sealed record TorchPrecision(
    string Golden, [property: JsonPropertyName("fp16")] double Half, [property: JsonPropertyName("tf32")] double Tf32);

/// <summary>
/// Errors of whole networks in binary16 and in tf32 against the goldens, beside PyTorch's own. Goldens are PyTorch's float32, which is a
/// thousand times nearer to float64 than what is judged here.
/// </summary>
internal static class PrecisionBench
{
    /// <summary>Bars of whole networks: in binary16 also at most so many times PyTorch's own error.</summary>
    private const double MostHalf = 1e-2, MostTf32 = 2e-3, MostTimesTorch = 2;

    /// <summary>Prints a line for each golden.</summary>
    /// <param name="wish">the device</param>
    /// <param name="only">words of the goldens wanted; none for all</param>
    /// <param name="torchPath">what torch_precision.py wrote; absent for none</param>
    /// <param name="isMarkdown">for a page</param>
    /// <param name="jsonPath">a file for every line; absent for none</param>
    /// <returns>how many miss a bar</returns>
    public static int Print(DeviceWish wish, IReadOnlyCollection<string> only, string? torchPath, bool isMarkdown, string? jsonPath)
    {
        using var json = new JsonLines(jsonPath);
        var theirs = torchPath is null ? [] : JsonLines.Read<TorchPrecision>(torchPath).ToDictionary(line => line.Golden);
        using var half = OpenGpu.Of(wish, ElementType.Float16);
        using var single = OpenGpu.Of(wish, ElementType.Float32);
        Console.WriteLine($"device: {half.Line}, tensor cores: {half.Caps.TensorCores}");
        Console.WriteLine($"bars: fp16 {MostHalf:0e-0} and {MostTimesTorch} times PyTorch's own, tf32 {MostTf32:0e-0}");
        Console.WriteLine();
        var table = new Table(
            isMarkdown, ("network", 36), ("fp16", 9), ("PyTorch fp16", 14), ("ratio", 7), ("tf32", 9), ("PyTorch tf32", 14), ("result", 8));
        table.Head();
        int missed = 0;
        foreach (var row in SmallGoldens.All.Where(row =>
            only.Count == 0 || only.Any(word => row.Name.Contains(word, StringComparison.OrdinalIgnoreCase))))
        {
            double? inHalf = row.HasHalf ? Error(half, row) : null;
            double inTf32 = Error(single, row);
            var peer = theirs.GetValueOrDefault(row.Name) ?? theirs.GetValueOrDefault(row.Name.Split(", norm")[0]);
            bool isMissed = !Holds(inHalf, inTf32, peer?.Half);
            if (isMissed) missed++;
            table.Line(
                row.Name, Cell(inHalf), Cell(row.HasHalf ? peer?.Half : null), $"{inHalf / peer?.Half:F2}", Cell(inTf32), Cell(peer?.Tf32),
                isMissed ? "FAIL" : "pass");
            json.Write(new
            {
                precision = row.Name,
                fp16 = inHalf,
                torchFp16 = peer?.Half,
                tf32 = inTf32,
                torchTf32 = peer?.Tf32,
                missed = isMissed,
            });
        }

        return missed;
    }

    /// <summary>True if both errors hold their bars.</summary>
    internal static bool Holds(double? half, double tf32, double? torch) =>
        tf32 <= MostTf32 && (half is not { } error || (error <= MostHalf && !(error > MostTimesTorch * torch)));

    private static double Error(OpenGpu gpu, SmallGolden row)
    {
        using var scope = gpu.Device.Enter(row.Name);
        return row.Error(gpu.Device);
    }

    private static string Cell(double? error) => error is { } e ? $"{e:0.0e-0}" : "";
}
