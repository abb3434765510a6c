namespace EvsNative.Kernels.Definitions;

/// <summary>
/// NaN and infinity in each input of an operation in turn, in all its forms. What <see cref="IKernels"/> says of them is held: where the
/// definition is not finite, the result is not; where it is, the result is that number, or not finite because it was computed together
/// with others; images that have nothing to do with it are as they are without it.
/// </summary>
internal static class NonFinite
{
    /// <summary>What these tests' names end with.</summary>
    public const string Ending = ", NaN and infinity";

    private const int Images = 3;

    /// <summary>
    /// Three images, of which the second gets nothing; small, and still large enough for every method of convolution and for the tiles of
    /// the other rows.
    /// </summary>
    private static readonly Shape X = new(Images, 4, 7, 40);

    /// <summary>What the test of an operation is called.</summary>
    public static string Name(SelfTestRow row) => row.Word + Ending;

    /// <summary>Tries all forms of an operation; null if it has no inputs of numbers.</summary>
    /// <exception cref="DeviceException">one did not run</exception>
    public static SelfTestResult? Run(Device d, string name, IEnumerable<SelfTestRow> rows)
    {
        double worst = 0, most = 0;
        bool hasInputs = false;
        foreach (var row in rows)
        {
            double tolerance = SelfTest.Tolerance(d, row);
            most = Math.Max(most, tolerance);
            for (int planted = 0, count = 1; planted < count; planted++)
            {
                using var scope = d.Enter($"self-test {row.Name}");
                var inputs = new SelfTestInputs(planted);
                var trial = row.Prepare(d, X, inputs);
                count = inputs.Count;
                if (count == 0) break;
                hasInputs = true;
                trial.Run();
                if (d.IsDry) continue;
                var (problem, error) = Judge(trial.Result(), trial.Defined(), tolerance);
                if (problem is not null)
                {
                    string what = $"{row.Name}: with NaN and infinity in input {planted + 1} of {count} {problem}";
                    return new SelfTestResult(name, double.PositiveInfinity, tolerance, what);
                }

                worst = Math.Max(worst, error);
            }
        }

        return !hasInputs ? null : new SelfTestResult(name, d.IsDry ? double.PositiveInfinity : worst, most);
    }

    /// <summary>What is wrong, or how far the finite numbers are off.</summary>
    private static (string? Problem, double Error) Judge(float[] got, double[] wanted, double tolerance)
    {
        int lost = 0, each = Math.Max(1, got.Length / Images);
        double difference = 0, size = 0;
        for (int i = 0; i < got.Length; i++)
        {
            if (!double.IsFinite(wanted[i]) && float.IsFinite(got[i])) lost++;
            if (!double.IsFinite(wanted[i]) || !float.IsFinite(got[i])) continue;
            difference += (got[i] - wanted[i]) * (got[i] - wanted[i]);
            size += wanted[i] * wanted[i];
        }

        if (lost > 0) return ($"{lost} of {got.Length} results are finite that are not by definition", 0);
        for (int first = 0; first < got.Length; first += each)
        {
            var image = Enumerable.Range(first, Math.Min(each, got.Length - first));
            if (image.All(i => double.IsFinite(wanted[i])) && !image.All(i => float.IsFinite(got[i])))
                return ("they reach an image that has none", 0);
        }

        double error = difference == 0 ? 0 : Math.Sqrt(difference / size);
        return error <= tolerance ? (null, error) : ($"the other results are off by {error:0.0e-0}", error);
    }
}
