namespace EvsNative.Kernels.Definitions;

/// <summary>How one operation did on a device.</summary>
/// <param name="Operation">the word of the vocabulary, and which form of it</param>
/// <param name="Error">||got - defined|| / ||defined||; infinite where the result is not finite</param>
/// <param name="Tolerance">what rounding explains</param>
/// <param name="Problem">why it did not run, or what is wrong with its result, in one line; null where the error says all</param>
public sealed record SelfTestResult(string Operation, double Error, double Tolerance, string? Problem = null)
{
    /// <summary>True if the operation computes what it should.</summary>
    public bool Passed => Error <= Tolerance;
}

/// <summary>
/// Every operation of a device in each of its forms, on small shapes with tails, against its definition in float64; then each operation
/// once more with inputs that are not finite (<see cref="NonFinite"/>). Activations are of the device's precision, and their rounding is
/// part of the tolerance.
/// </summary>
public static class SelfTest
{
    private static readonly Shape X = new(2, 7, 9, 40);

    // Whose float32 inputs tensor cores round.
    private static readonly Type[] ProductCalls =
        [typeof(LinearCall), typeof(LinearSplitCall), typeof(LinearGegluCall), typeof(Conv2dCall)];

    /// <summary>Every form of every operation; each family lists its own beside its definitions.</summary>
    internal static IReadOnlyList<SelfTestRow> Rows { get; } =
    [
        .. Convolutions.Rows, .. Products.Rows, .. Attentions.Rows, .. WindowAttentions.Rows, .. Norms.Rows, .. Pointwises.Rows,
        .. Pixels.Rows, .. Windows.Rows, .. Motions.Rows,
    ];

    /// <summary>Runs the tests; the device must be idle. On a dry run nothing is judged, and no operation passes.</summary>
    /// <param name="d">the device</param>
    /// <param name="isWanted">which operations; all if absent</param>
    public static IEnumerable<SelfTestResult> Run(Device d, Func<string, bool>? isWanted = null)
    {
        SelfTestRow[] wanted = [.. Rows.Where(row => isWanted?.Invoke(row.Name) != false)];
        if (d.Backend == Backend.Cuda) d.Compile(KernelsOf(wanted, d));
        foreach (var row in wanted)
        {
            yield return Told(row.Name, Tolerance(d, row), () => Run(d, row))!;
        }

        foreach (var rows in Rows.GroupBy(row => row.Call))
        {
            string name = NonFinite.Name(rows.First());
            if (isWanted?.Invoke(name) == false) continue;
            if (Told(name, Tolerance(d, rows.First()), () => NonFinite.Run(d, name, rows)) is { } result) yield return result;
        }
    }

    /// <summary>What rounding explains.</summary>
    internal static double Tolerance(Device d, SelfTestRow row)
    {
        if (row.IsExact) return 0;
        bool hasFactors = row.HasProduct || ProductCalls.Contains(row.Call);
        return hasFactors && d.RoundsFactors ? Math.Max(Tf32Rounding, Rounding(d)) : Rounding(d);
    }

    /// <summary>What the rows start, so that all of it is compiled at once.</summary>
    private static KernelPlan KernelsOf(SelfTestRow[] rows, Device d)
    {
        using var dry = Device.Open(new DeviceOptions(Backend.Null, Precision: d.Precision, Profile: d.Caps));
        foreach (var row in rows)
        {
            using var scope = dry.Enter(row.Name);
            row.Prepare(dry, X, new SelfTestInputs()).Run();
        }

        return dry.UsedKernels;
    }

    private static SelfTestResult Run(Device d, SelfTestRow row)
    {
        using var scope = d.Enter($"self-test {row.Name}");
        var trial = row.Prepare(d, X, new SelfTestInputs());
        trial.Run();
        return new SelfTestResult(row.Name, d.IsDry ? double.PositiveInfinity : Error(trial.Result(), trial.Defined()), Tolerance(d, row));
    }

    private static SelfTestResult? Told(string name, double tolerance, Func<SelfTestResult?> run)
    {
        try
        {
            return run();
        }
        catch (DeviceException e)
        {
            return new SelfTestResult(name, double.PositiveInfinity, tolerance, e.Message);
        }
    }

    // tf32 keeps 11 bits of either factor.
    private const double Tf32Rounding = 1e-3;

    // Other orders of sums, and elementary functions good to a few units in the last place, on GPUs.
    private static double Rounding(Device d) => d.Precision == ElementType.Float16 ? 2e-3 : d.Backend == Backend.Cpu ? 3e-6 : 1e-5;

    private static double Error(float[] values, double[] wanted)
    {
        double difference = 0, size = 0;
        for (int i = 0; i < values.Length; i++)
        {
            difference += (values[i] - wanted[i]) * (values[i] - wanted[i]);
            size += wanted[i] * wanted[i];
        }

        double error = Math.Sqrt(difference / size);
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }
}
