using EvsNative.Kernels;
using EvsNative.Kernels.Cards;
using EvsNative.Kernels.Decorators;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Memory;

namespace EvsNative.Pipelines.Runs;

/// <summary>One phase of a run, as a dry run counted it.</summary>
/// <param name="Name">for people</param>
/// <param name="Events">pieces of work: groups of frames, steps</param>
/// <param name="Flops">see <see cref="IKernelCall.Flops"/></param>
/// <param name="Calls">how often which call is made</param>
internal sealed record ForecastPhase(string Name, int Events, long Flops, IReadOnlyDictionary<CountedCall, long> Calls)
{
    /// <summary>What a card would need for it, if that is the device that it was counted for.</summary>
    public CardPrediction On(GpuCard card) => CardPrediction.Of(card, Calls);
}

/// <summary>
/// What a run will cost, found by doing it on a device that does nothing: every network call with its real shapes. Opening it also proves
/// that all weights are there and fit.
/// </summary>
internal sealed class Forecast
{
    /// <summary>The runtime, its code, buffers of threads, and reading buffers that are no longer used and not yet collected.</summary>
    private const long ProcessBytes = 400L << 20;

    /// <summary>A driver and a kernel compiler.</summary>
    private const long GpuRuntimeBytes = 400L << 20;

    /// <summary>What is kept of every frame: when it is shown, and its measures.</summary>
    private const long BytesPerFrame = 200;

    private readonly List<long> _flopsAtEvent = [];
    private readonly List<(WorkSort Sort, long Flops)> _events = [];
    private readonly NoticeLog _notices = new(null);

    private Forecast() { }

    public IReadOnlyList<ForecastPhase> Phases { get; private set; } = [];

    public long Flops { get; private set; }

    public int NetworkCalls { get; private init; }

    /// <summary>The most of the weights that is on the device at one time.</summary>
    public long WeightBytes { get; private set; }

    /// <summary>Bytes of weights read in all, as files store them: with a plan that gives weights back, some are read again.</summary>
    public long ReadWeightBytes { get; private set; }

    /// <summary>Most memory rented on the device at one time.</summary>
    public long ScratchBytes { get; private set; }

    /// <summary>Recorded features and other tensors made during the run.</summary>
    public long TapeBytes { get; private set; }

    /// <summary>What the device's memory must hold.</summary>
    public long DeviceBytes => WeightBytes + ScratchBytes + TapeBytes;

    /// <summary>The largest single buffer that the device must give.</summary>
    public long LargestTensorBytes { get; private set; }

    /// <summary>The process at its fullest: loading or running, whichever is more.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>What there must be room for: of the device's memory, or of the process where the processor is the device.</summary>
    public long Need => IsOnHost ? PeakBytes : DeviceBytes;

    /// <summary>What <see cref="DeviceBytes"/> is for.</summary>
    public IReadOnlyList<MemoryShare> Shares =>
        [new("weights", WeightBytes), new("activations and latents", ScratchBytes), new("recorded features", TapeBytes)];

    /// <summary>[F,H,W,3] of what the networks give.</summary>
    public Shape Refined { get; private init; }

    /// <summary>What the run will start on a GPU.</summary>
    public KernelPlan? Kernels { get; private set; }

    public int MaxFrames { get; private init; }

    /// <summary>[F,h,w,4] of the clip.</summary>
    public Shape Latents { get; private init; }

    private bool IsOnHost { get; init; }

    public int SizeMultiple { get; private init; }

    /// <summary>What the run will have to say, of its prompts above all.</summary>
    public IReadOnlyList<Notice> Notices => _notices.All;

    /// <summary>The pieces of work in their order.</summary>
    public IReadOnlyList<(WorkSort Sort, long Flops)> Events => _events;

    /// <summary>The share of the run's work done when this many events have been told.</summary>
    public double ShareAt(int events) =>
        events <= 0 || Flops == 0 ? 0 : _flopsAtEvent[Math.Min(events, _flopsAtEvent.Count) - 1] / (double)Flops;

    /// <summary>Does the run without doing it.</summary>
    /// <param name="parts">the model's files; nothing but headers is read</param>
    /// <param name="size">[F,H,W,3] that the networks see</param>
    /// <param name="prompts">what the clip shows</param>
    /// <param name="config">the method's choices</param>
    /// <param name="device">where it is to run; its <see cref="Device.Cancellation"/> stops this too</param>
    /// <param name="weights">when weights are on the device; all stay if absent</param>
    /// <exception cref="InputException">the model does not fit itself, or the run is larger than can be worked on</exception>
    public static Forecast Of(
        ModelParts parts, Shape size, ClipPrompts prompts, EvsConfig config, Device device, WeightPlan? weights = null)
    {
        FrameLimits.CheckBytes(size);
        try
        {
            return Count(parts, size, prompts, config, device, weights ?? WeightPlan.Default);
        }
        catch (OverflowException e)
        {
            throw TooLarge(size, e);
        }
    }

    private static Forecast Count(
        ModelParts parts, Shape size, ClipPrompts prompts, EvsConfig config, Device device, WeightPlan weights)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true, Precision: device.Precision, Profile: device.Caps));
        d.Cancellation = device.Cancellation;
        var networks = EvsNetworks.Load(d, parts, weights);
        var plan = EvsPlan.Build(config);
        FrameLimits.Check(size.N, "the clip");
        var latents = plan[^1].SizeOf(networks.LatentShape(size));
        var forecast = new Forecast
        {
            MaxFrames = networks.MaxFrames,
            Latents = networks.LatentShape(size),
            IsOnHost = device.Caps is not { IsProcessor: false },
            SizeMultiple = networks.SizeMultiple,
            Refined = size with { H = latents.H * networks.SizeMultiple, W = latents.W * networks.SizeMultiple },
            NetworkCalls = EvsPlan.Calls(plan, config.ImageGuidance > 1 ? 2 : 1, config.VideoGuidance > 1 ? 2 : 1),
        };
        FrameLimits.CheckBytes(forecast.Refined);
        var recorder = new Recorder(d, networks, forecast);
        var pipeline = new EvsPipeline(networks) { OnWarning = forecast._notices.Add };
        pipeline.Refine(d, (_, _) => { }, size, (_, _) => { }, prompts, config, recorder);

        forecast.Phases = recorder.Phases;
        forecast.Flops = d.Counting!.TotalFlops;
        forecast.ScratchBytes = d.ScratchPeakBytes;
        forecast.LargestTensorBytes = d.LargestTensorBytes;
        forecast.Kernels = d.UsedKernels;
        forecast.TapeBytes = recorder.PeakTape;
        forecast.WeightBytes = d.PersistentPeakBytes - recorder.PeakTape;
        forecast.ReadWeightBytes = networks.ReadBytes;
        // On their way into the networks and out of them, a frame and its copy; groups of more than one frame are of a few megabytes.
        long seen = size.Pixels * (long)size.C, made = forecast.Refined.Pixels * (long)size.C;
        long frames = checked(2 * seen + 2 * made + ResultStream.HeldBytes(made) + size.N * BytesPerFrame);
        long process = ProcessBytes + (device.Caps is null ? 0 : GpuRuntimeBytes);
        forecast.PeakBytes = checked(device.Caps is { IsProcessor: false }
            ? process + networks.LargestTensorBytes + frames
            : process + HostBytes(forecast, networks.LargestTensorBytes, weights) + frames);
        return forecast;
    }

    /// <summary>
    /// Where the device is the processor: all that it holds. A tensor is read beside that, or before, where all weights stay.
    /// </summary>
    private static long HostBytes(Forecast forecast, long largest, WeightPlan weights)
    {
        long work = forecast.ScratchBytes + forecast.TapeBytes;
        return forecast.WeightBytes + (weights.Stay == WeightStay.Kept ? Math.Max(largest, work) : largest + work);
    }

    private static InputException TooLarge(Shape size, Exception cause) => new(
        InputCode.TooLarge,
        $"{size.N} frames of {size.W}x{size.H}: more work or memory than can be counted: use a smaller clip, fewer frames or fewer steps",
        cause: cause);

    /// <summary>Why the run does not fit; null if it does.</summary>
    /// <param name="budget">what it may take</param>
    /// <param name="remedy">what to do</param>
    public string? Objection(MemoryBudget budget, string remedy = "")
    {
        string advice = remedy.Length > 0 ? $": {remedy}" : "";
        if (PeakBytes > budget.HostBytes)
            return $"the run needs {Amount(PeakBytes)} of memory, {Amount(budget.HostBytes)} {budget.HostWords}{advice}";
        if (LargestTensorBytes > budget.LargestBytes)
        {
            return $"the run needs a buffer of {Amount(LargestTensorBytes)} and the device gives "
                + $"{Amount(budget.LargestBytes)} at once{advice}";
        }

        return DeviceBytes > budget.DeviceBytes
            ? $"the run needs {Amount(DeviceBytes)} of the device's memory, "
                + $"{Amount(budget.DeviceBytes!.Value)} {budget.DeviceWords}{advice}"
            : null;
    }

    /// <summary>An amount of memory for people, as exact as limits are written.</summary>
    public static string Amount(long bytes) => bytes switch
    {
        < 1_000_000_000 => $"{Math.Ceiling(bytes / 1e6):F0} MB",
        < 10_000_000_000 => $"{bytes / 1e9:F2} GB",
        _ => $"{bytes / 1e9:F1} GB",
    };

    /// <summary>What would be left of a budget, in bytes, negative if the run does not fit.</summary>
    public long Spare(MemoryBudget budget) => budget.DeviceBytes is { } device ? device - DeviceBytes : budget.HostBytes - PeakBytes;

    private sealed class Recorder(Device d, EvsNetworks networks, Forecast forecast) : IProgress<RunEvent>
    {
        private long _flops;
        private Dictionary<CountedCall, long> _calls = [];
        private (RunPhase, int?) _last;

        public List<ForecastPhase> Phases { get; } = [];

        public long PeakTape { get; private set; }

        public void Report(RunEvent value)
        {
            long total = d.Counting!.TotalFlops, own = total - _flops;
            _flops = total;
            forecast._flopsAtEvent.Add(total);
            forecast._events.Add((WorkSorts.Of(value), own));
            PeakTape = Math.Max(PeakTape, d.PersistentBytes - networks.HeldBytes);
            // Passes are parts of a step, which is told when it is done.
            int pieces = value.Pass is null ? 1 : 0;
            if (Phases.Count > 0 && _last == (value.Phase, value.Stage))
                Phases[^1] = Phases[^1] with { Events = Phases[^1].Events + pieces, Flops = Phases[^1].Flops + own };
            else Phases.Add(new ForecastPhase(value.Name, pieces, own, _calls = []));
            foreach (var (call, times) in d.Counting.TakeCalls()) _calls[call] = _calls.GetValueOrDefault(call) + times;
            _last = (value.Phase, value.Stage);
        }
    }
}
