using System.Globalization;
using EvsNative.Kernels.Cards;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli;

/// <summary>What <c>plan --on</c> adds: seconds of each phase on a card that is not here, beside those at its hardware's limits.</summary>
/// <param name="card">the card</param>
/// <param name="forecast">the run, counted for it</param>
internal sealed class PlanPrediction(GpuCard card, Forecast forecast)
{
    private const double GiB = 1L << 30;

    private readonly CardPrediction _whole = forecast.Phases.Aggregate(default(CardPrediction), (sum, phase) => sum + phase.On(card));

    /// <summary>Headings of what <see cref="Cells"/> says.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["predicted s", "floor s"];

    /// <summary>A phase's part of a row.</summary>
    public IEnumerable<string> Cells(ForecastPhase phase)
    {
        var part = phase.On(card);
        return [Number(part.Seconds, "F3"), Number(part.Floor, "F3")];
    }

    /// <summary>Below the table.</summary>
    public IEnumerable<string> Lines =>
    [
        $"peak memory of the device     {Gibibytes(forecast.DeviceBytes, "F2")} of {Gibibytes(card.Caps.MemoryBytes, "F1")} GiB{Lack}",
        $"predicted for {card.Caps.Name}: {Number(_whole.Seconds, "F2")} s, of which products {Number(_whole.Products, "F2")}, "
            + $"attention {Number(_whole.Attention, "F2")}, norms and others {Number(_whole.Memory, "F2")}, gaps between kernels "
            + $"{Number(_whole.Gaps, "F2")}; floor {Number(_whole.Floor, "F2")} s",
        "A prediction, not a measurement: FLOPs and bytes of a dry run over the rates that these kernels are expected to reach there.",
        "The floor takes the hardware's own limits. Loading and compiling are in neither.",
    ];

    /// <summary>For scripts.</summary>
    public object Facts => new
    {
        card = card.Word,
        name = card.Caps.Name,
        isMeasured = false,
        seconds = _whole.Seconds,
        floorSeconds = _whole.Floor,
        productSeconds = _whole.Products,
        attentionSeconds = _whole.Attention,
        otherSeconds = _whole.Memory,
        gapSeconds = _whole.Gaps,
        deviceBytes = forecast.DeviceBytes,
        deviceMemoryBytes = card.Caps.MemoryBytes,
        fits = forecast.DeviceBytes <= card.Caps.MemoryBytes,
        phases = forecast.Phases.Select(phase => (phase.Name, Part: phase.On(card)))
            .Select(phase => new { phase.Name, phase.Part.Seconds, floorSeconds = phase.Part.Floor }),
    };

    private string Lack => forecast.DeviceBytes <= card.Caps.MemoryBytes ? "" : ": more than it has";

    private static string Gibibytes(long bytes, string format) => Number(bytes / GiB, format);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
