namespace EvsNative.Kernels.Definitions;

/// <summary>How one operation did on a device.</summary>
/// <param name="Operation">the word of the vocabulary, and which form of it</param>
/// <param name="Error">||got - defined|| / ||defined||; infinite where the result is not finite</param>
/// <param name="Tolerance">what rounding explains</param>
/// <param name="Problem">why it did not run, in one line; null if it did</param>
public sealed record SelfTestResult(string Operation, double Error, double Tolerance, string? Problem = null)
{
    /// <summary>True if the operation computes what it should.</summary>
    public bool Passed => Error <= Tolerance;
}

/// <summary>
/// Every operation of a device in each of its forms, on small shapes with tails, against its definition in float64. Activations are of the
/// device's precision, and their rounding is part of the tolerance.
/// </summary>
public static class SelfTest
{
    private static readonly Shape X = new(2, 7, 9, 40);

    /// <summary>Every form of every operation; each family lists its own beside its definitions.</summary>
    internal static IReadOnlyList<SelfTestRow> Rows { get; } =
        [.. Convolutions.Rows, .. Products.Rows, .. Attentions.Rows, .. Norms.Rows, .. Pointwises.Rows, .. Pixels.Rows];

    /// <summary>Runs the tests; the device must be idle.</summary>
    /// <param name="d">the device</param>
    /// <param name="isWanted">which operations; all if absent</param>
    public static IEnumerable<SelfTestResult> Run(Device d, Func<string, bool>? isWanted = null)
    {
        SelfTestRow[] wanted = [.. Rows.Where(row => isWanted?.Invoke(row.Name) != false)];
        if (d.Backend == Backend.Cuda) d.Compile(KernelsOf(wanted, d));
        foreach (var row in wanted)
        {
            using var scope = d.Enter($"self-test {row.Name}");
            yield return Run(d, row);
        }
    }

    /// <summary>What the rows start, so that all of it is compiled at once.</summary>
    private static KernelPlan KernelsOf(SelfTestRow[] rows, Device d)
    {
        using var dry = Device.Open(new DeviceOptions(Backend.Null, Precision: d.Precision, Profile: d.Caps));
        foreach (var row in rows)
        {
            using var scope = dry.Enter(row.Name);
            row.Prepare(dry, X).Run();
        }

        return dry.UsedKernels;
    }

    private static SelfTestResult Run(Device d, SelfTestRow row)
    {
        double tolerance = row.IsExact ? 0 : Rounding(d);
        try
        {
            var trial = row.Prepare(d, X);
            trial.Run();
            return new SelfTestResult(row.Name, Error(trial.Result(), trial.Defined()), tolerance);
        }
        catch (DeviceException e)
        {
            return new SelfTestResult(row.Name, double.PositiveInfinity, tolerance, e.Message);
        }
    }

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
