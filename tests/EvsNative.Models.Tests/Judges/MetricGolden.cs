using System.Text.Json;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>
/// Cases of tests/reference/metrics_goldens.json: what the networks behind the scores give in float64, on weights, tensors and clips made
/// by formula. A tensor there is [N,C,H,W] or [N,C,D,H,W] (see <see cref="Nchw"/>), channels last where it holds the tokens of a
/// transformer. Source: tests/reference/metrics_golden.py.
/// </summary>
internal static class MetricGolden
{
    private const string Goldens = "metrics_goldens.json";

    /// <summary>The largest error of a tensor, relative to its rms, that float32 may have.</summary>
    public const double Tolerance = 2e-5;

    /// <summary>The tensors of a case.</summary>
    public static IReadOnlyDictionary<string, Golden> Taps(string name) => Golden.Case(name, file: Goldens);

    /// <summary>Plain numbers of a case, such as those of each frame, or the score alone.</summary>
    public static double[] Numbers(string name, string what) =>
        [.. Case(name).GetProperty("numbers").GetProperty(what).EnumerateArray().Select(number => number.GetDouble())];

    /// <summary>The names of the tensors that a case multiplies by <c>factor</c>, and the factor.</summary>
    public static (IReadOnlyCollection<string> Names, float Factor) Calmed(string name)
    {
        var json = Case(name);
        string[] names = [.. json.GetProperty("calmed").EnumerateArray().Select(tensor => tensor.GetString()!)];
        return (names, json.GetProperty("factor").GetSingle());
    }

    /// <summary>All that the file has for a case.</summary>
    public static JsonElement Case(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Repository.File("tests", "reference", Goldens)));
        return json.RootElement.GetProperty(name).Clone();
    }
}
