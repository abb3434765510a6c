using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Memory;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Runs;

/// <summary>A plan that was looked at.</summary>
/// <param name="Plan">the plan</param>
/// <param name="Forecast">what it costs</param>
internal sealed record WeighedPlan(MemoryPlan Plan, Forecast Forecast)
{
    /// <summary>What it takes away from the run as it was asked for.</summary>
    public IReadOnlyList<MemoryMove> Moves { get; init; } = [];

    /// <summary>What another plan costs beside this one, in words: work, and weights that are read again.</summary>
    public string Costs(WeighedPlan other)
    {
        double work = other.Forecast.Flops / (double)Math.Max(1, Forecast.Flops);
        long again = other.Forecast.ReadWeightBytes - Forecast.ReadWeightBytes;
        string reading = again > 0 ? $", {again / 1e9:F1} GB of weights read again" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{work:F2} times the work{reading}");
    }
}

/// <summary>
/// Makes a run fit into memory: forecasts it as it was asked for, and if that is too large, takes away one thing after another, the
/// cheapest first. What takes nothing away is left out. Memory that is left over then keeps what would be streamed.
/// </summary>
/// <param name="parts">the model's files</param>
/// <param name="size">[F,H,W,3] that the networks see</param>
/// <param name="prompts">what the clip shows</param>
/// <param name="config">the method's choices</param>
/// <param name="choices">what was chosen: it stays so</param>
internal sealed class MemoryPlanner(ModelParts parts, Shape size, ClipPrompts prompts, EvsConfig config, Choices choices)
{
    /// <summary>A move that takes less than this share away is none.</summary>
    private const double LeastGain = 0.0005;

    /// <summary>What a plan with kept layers may be off: a layer is kept or not.</summary>
    private const double KeptShare = 0.95;

    /// <summary>Coarse, so that clips of a batch have the same plan, and what is loaded stays.</summary>
    private const long KeptStep = 128 << 20;

    private readonly List<WeighedPlan> _weighed = [];
    private readonly Queue<MemoryMove> _moves = new();

    /// <summary>Moves that took nothing away, and how many plans there were then.</summary>
    private readonly List<(MemoryMove Move, int Weighed)> _dropped = [];

    private Device? _device;
    private MemoryBudget _free = null!;
    private string? _objection;
    private WeighedPlan? _chosen;

    /// <summary>True if only what does not change a bit of the result is free: for who goes on with a run.</summary>
    public bool KeepsNumbers { get; init; }

    /// <summary>The method's choices with the plan that was chosen.</summary>
    public EvsConfig Config => Plan.Over(config);

    /// <summary>The plan that was chosen.</summary>
    public MemoryPlan Plan => _chosen!.Plan;

    /// <summary>What it costs.</summary>
    public Forecast Forecast => _chosen!.Forecast;

    /// <summary>The run as it was asked for.</summary>
    public WeighedPlan Asked => _weighed[0];

    /// <summary>All plans that were looked at, each smaller than the one before.</summary>
    public IReadOnlyList<WeighedPlan> Weighed => _weighed;

    /// <summary>What the plan fits into.</summary>
    public MemoryBudget Budget { get; private set; } = null!;

    /// <summary>True if the picture is not what it would be with more memory.</summary>
    public bool ChangesResult => Plan.Window != Asked.Plan.Window || Plan.Weights.IsHalved != Asked.Plan.Weights.IsHalved;

    /// <summary>What the run needs, what there is, and what is done to fit, in one line.</summary>
    public string Line
    {
        get
        {
            string host =
                $"{Forecast.Amount(Forecast.PeakBytes)} of memory needed, {Forecast.Amount(Budget.HostBytes)} {Budget.HostWords}";
            string device = Budget.DeviceBytes is { } free
                ? $"{Forecast.Amount(Forecast.DeviceBytes)} of the device's memory needed, {Forecast.Amount(free)} {Budget.DeviceWords}; "
                : "";
            return $"{device}{host}: {Plan}";
        }
    }

    /// <summary>What is to be said of the plan, beside <see cref="Line"/>.</summary>
    public IEnumerable<Notice> Notices
    {
        get
        {
            if (_objection is not null) yield break;
            if (Plan != Asked.Plan)
            {
                string changes = ChangesResult ? ", which changes the picture" : "";
                yield return new Notice(
                    NoticeCode.Planned,
                    $"{Asked.Forecast.Objection(_free) ?? "the device refused memory"}: the run does with {Plan}{changes} ({Cost})");
            }

            if (Forecast.Objection(_free) is { } still)
                yield return new Notice(NoticeCode.Planned, $"{still}: other programs have to give way, or the run is slow");
        }
    }

    /// <summary>What the plan costs in time, beside the run as it was asked for.</summary>
    public string Cost => Asked.Costs(_chosen!);

    /// <summary>Finds the cheapest plan for a device. If none fits, the smallest is chosen.</summary>
    /// <returns>why none fits; null if one does</returns>
    /// <exception cref="InputException">the model does not fit itself, or the run is larger than can be worked on</exception>
    public string? Choose(Device device)
    {
        Begin(device);
        Budget = _free = MemoryBudget.Of(device, choices.Get(DeviceSettings.MaxMemory));
        if (Find(Budget)) return null;
        // The smallest, since other programs have to give way for it.
        _chosen = _weighed[^1];
        Budget = Budget.Beyond();
        string remedy = KeepsNumbers
            ? "the unfinished run was begun with more memory, --restart begins anew with a plan that fits"
            : $"use a smaller clip or a smaller size, or allow {Forecast.Amount(Forecast.Need)}";
        return _objection = Forecast.Objection(Budget, remedy);
    }

    /// <summary>After a device refused what it was said to have: the next smaller plan.</summary>
    /// <param name="keepsNumbers">whether only one that changes no bit of the result will do</param>
    /// <returns>false if there is none</returns>
    public bool Shrink(bool keepsNumbers)
    {
        var smaller = Plan.Weights.KeptBytes > 0
            ? Weigh(Plan with { Weights = Plan.Weights with { KeptBytes = 0 } })
            : _weighed.FirstOrDefault(other => other.Forecast.Need < Forecast.Need) ?? Next();
        if (smaller is null || (keepsNumbers && !smaller.Plan.HasNumbersOf(Plan))) return false;
        _chosen = smaller;
        return true;
    }

    /// <summary>Looks at all plans, for those who want to compare: <see cref="Weighed"/> has them then.</summary>
    public void WeighAll()
    {
        while (Next() is not null) { }
    }

    private void Begin(Device device)
    {
        (_device, _objection) = (device, null);
        _weighed.Clear();
        _moves.Clear();
        _dropped.Clear();
        var asked = Weigh(MemoryPlan.Asked(choices, config));
        _weighed.Add(asked);
        int window = config.Windows(asked.Forecast.MaxFrames).Length;
        foreach (var move in MemoryMove.All(choices, config, asked.Forecast.Latents, window, device.Precision))
            if (!KeepsNumbers || move.Effect == MemoryEffect.None) _moves.Enqueue(move);
    }

    private bool Find(MemoryBudget budget)
    {
        _chosen = _weighed.FirstOrDefault(weighed => weighed.Forecast.Objection(budget) is null);
        while (_chosen is null && Next() is { } smaller)
            if (smaller.Forecast.Objection(budget) is null) _chosen = smaller;
        if (_chosen is null) return false;
        _chosen = Milder(_chosen, budget);
        if (!choices.Says(DeviceSettings.Weights) || choices.Says(DeviceSettings.MaxMemory)) _chosen = Filled(_chosen, budget);
        return true;
    }

    /// <summary>The next plan that takes something away; null if there is none.</summary>
    private WeighedPlan? Next()
    {
        while (TakeMove() is { } move)
        {
            var last = _weighed[^1];
            var smaller = Weigh(move.Apply(last.Plan)) with { Moves = [.. last.Moves, move] };
            if (smaller.Forecast.Need <= last.Forecast.Need * (1 - LeastGain))
            {
                _weighed.Add(smaller);
                return smaller;
            }

            // Something else was the largest; when that has been made smaller, this may help.
            _dropped.Add((move, _weighed.Count));
        }

        return null;
    }

    /// <summary>The cheapest that is left; what changes the picture comes behind what may help now and did not before.</summary>
    private MemoryMove? TakeMove()
    {
        bool isHarmful = !_moves.TryPeek(out var next) || next.Effect == MemoryEffect.Picture;
        int again = isHarmful ? _dropped.FindIndex(dropped => dropped.Weighed < _weighed.Count) : -1;
        if (again < 0) return _moves.TryDequeue(out next) ? next : null;
        next = _dropped[again].Move;
        _dropped.RemoveAt(again);
        return next;
    }

    /// <summary>A plan that fits, without what changes the picture and turned out not to be needed.</summary>
    private WeighedPlan Milder(WeighedPlan found, MemoryBudget budget)
    {
        foreach (var harmful in found.Moves.Where(move => move.Effect == MemoryEffect.Picture).Reverse())
        {
            MemoryMove[] rest = [.. found.Moves.Where(move => move != harmful)];
            var milder = Weigh(rest.Aggregate(Asked.Plan, (plan, move) => move.Apply(plan))) with { Moves = rest };
            if (milder.Forecast.Objection(budget) is null) found = milder;
        }

        return found;
    }

    /// <summary>A plan that streams, with as many layers kept as there is room for.</summary>
    private WeighedPlan Filled(WeighedPlan found, MemoryBudget budget)
    {
        if (found.Plan.Weights.Stay != WeightStay.Streamed) return found;
        long room = (long)(KeptShare * found.Forecast.Spare(budget)) / KeptStep * KeptStep;
        var filled = Weigh(found.Plan with { Weights = found.Plan.Weights with { KeptBytes = Math.Max(0, room) } });
        return room > 0 && filled.Forecast.Objection(budget) is null ? filled : found;
    }

    private WeighedPlan Weigh(MemoryPlan plan) =>
        new(plan, Forecast.Of(parts, size, prompts, plan.Over(config), _device!, plan.Weights));
}
