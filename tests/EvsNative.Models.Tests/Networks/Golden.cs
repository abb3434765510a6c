using System.Text.Json;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>One tensor of the reference: mean, rms and 64 of its values in the reference's layout.</summary>
internal sealed class Golden
{
    private readonly int[] _shape;
    private readonly double _mean, _rms;
    private readonly double[] _values;

    private Golden(JsonElement json)
    {
        _shape = [.. json.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32())];
        _values = [.. json.GetProperty("values").EnumerateArray().Select(v => v.GetDouble())];
        (_mean, _rms) = (json.GetProperty("mean").GetDouble(), json.GetProperty("rms").GetDouble());
    }

    /// <summary>The taps of a case of a file in tests/reference, or those below one of its names.</summary>
    public static IReadOnlyDictionary<string, Golden> Case(string name, string? part = null, string file = "goldens.json")
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Repository.File("tests", "reference", file)));
        return Taps(json.RootElement.GetProperty(name), part);
    }

    /// <summary>The taps of a case of such a file, or those below one of its names.</summary>
    public static IReadOnlyDictionary<string, Golden> Taps(JsonElement json, string? part = null)
    {
        var taps = json.GetProperty("taps");
        if (part is not null) taps = taps.GetProperty(part);
        return taps.EnumerateObject().ToDictionary(tap => tap.Name, tap => new Golden(tap.Value));
    }

    /// <summary>
    /// Relative errors of the 64 values, of the mean against the rms, and of the rms; the largest of the three. The tensor may hold one
    /// of N equal parts: the time embedding, which the reference repeats for every frame.
    /// </summary>
    /// <param name="got">the whole tensor in the reference's layout</param>
    public double Error(float[] got)
    {
        long count = _shape.Aggregate(1L, (product, length) => product * length);
        if (count % got.Length != 0 || (count != got.Length && count / _shape[0] != got.Length))
            throw new ArgumentException($"{got.Length} values against [{string.Join(',', _shape)}]");
        float[] picked = [.. Enumerable.Range(0, 64).Select(i => got[i * (count - 1) / 63 % got.Length])];
        double mean = got.Average(v => (double)v), rms = Math.Sqrt(got.Average(v => (double)v * v));
        double worst = Math.Max(Relative.Error(picked, _values), Math.Max(Math.Abs(mean - _mean), Math.Abs(rms - _rms)) / _rms);
        return double.IsFinite(worst) ? worst : double.PositiveInfinity;
    }
}
