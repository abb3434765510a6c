using System.Text.Json.Serialization;

namespace EvsNative.Bench;

/// <summary>One line of a GPU's table, as it is kept for later comparisons.</summary>
/// <param name="Line">group and name</param>
/// <param name="Group">what it is summed up with</param>
/// <param name="Precision">fp16 or fp32: how activations are stored</param>
/// <param name="Milliseconds">of one call, median; null if it did not run</param>
/// <param name="Gflop">2 for each multiply-add</param>
/// <param name="Gigabytes">inputs, weights and results, each once</param>
/// <param name="FloorMilliseconds">what the measured roofs allow</param>
/// <param name="Calls">in one sample</param>
/// <param name="Copies">of its tensors, in turns</param>
/// <param name="BesideMilliseconds">the processor's, where it was asked for</param>
/// <param name="Problem">why it did not run</param>
/// <param name="PredictedMilliseconds">what was expected before any was measured; null where nobody said</param>
/// <param name="Request">the same for a peer; empty where PyTorch has no counterpart</param>
internal sealed record GpuLine(
    string Line, string Group, string Precision, double? Milliseconds, double Gflop, double Gigabytes, double FloorMilliseconds,
    int Calls = 0, int Copies = 0, double? BesideMilliseconds = null, string? Problem = null,
    double? PredictedMilliseconds = null, IReadOnlyDictionary<string, object>? Request = null)
{
    /// <summary>The floor as a share of the time.</summary>
    [JsonIgnore]
    public double? Share => FloorMilliseconds / Milliseconds;

    /// <summary>TFLOP/s, or GB/s where nothing is multiplied; empty if it did not run.</summary>
    [JsonIgnore]
    public string Rate => Milliseconds is not { } ms ? ""
        : Gflop > 0 ? $"{Gflop / ms:F2} TFLOP/s" : $"{Gigabytes / ms * 1e3:F0} GB/s";

    /// <summary>A case that was not measured.</summary>
    /// <param name="counted">the case</param>
    /// <param name="precision">fp16 or fp32</param>
    /// <param name="floor">milliseconds that the measured roofs allow</param>
    /// <param name="foretold">of the device; null where nobody knows it</param>
    public static GpuLine Of(CountedCase counted, string precision, double floor, Foretold? foretold = null) => new(
        counted.Shape.Line, counted.Shape.Group, precision, null, counted.Gflop, counted.Bytes / 1e9, floor,
        PredictedMilliseconds: foretold?.Milliseconds(counted),
        Request: counted.Shape.Request);
}
