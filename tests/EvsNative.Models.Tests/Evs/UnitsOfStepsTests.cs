using EvsNative.Kernels;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;
using EvsNative.Models.Tests.Sampling;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Evs;

/// <summary>Units of work and states of a run on networks of one number: what ends it, who shares it, what is kept and forgotten.</summary>
public sealed class UnitsOfStepsTests : IDisposable
{
    private static readonly Shape Clip = new(7, 1, 2, 1);

    /// <summary>All that a state may hold: an inversion with features, a stage that is entered along a direction, fresh noise.</summary>
    private static readonly EvsConfig Config = new()
    {
        ImageStart = 4,
        Insertion = 2,
        VideoStart = 3,
        VideoCalls = 2,
        VideoEntry = Entry.Invert,
        Bridge = BridgeBack.DdimDirection,
        ImageSampler = SamplerKind.Lcm,
    };

    private readonly Device _d = Device.Open();

    public void Dispose() => _d.Dispose();

    public static TheoryData<string> Wishes => [.. Wanted.Keys];

    private static Dictionary<string, Predicate<WorkUnit>> Wanted { get; } = new()
    {
        ["all"] = _ => true,
        ["states"] = unit => unit.Kind == UnitKind.State,
        ["predictions"] = unit => unit.Kind == UnitKind.Predicted,
        ["some"] = unit => (unit.First + unit.Step) % 3 != 0,
    };

    /// <summary>Everything is gone with the process but what was kept.</summary>
    [Theory]
    [MemberData(nameof(Wishes))]
    public void A_run_that_ends_after_any_unit_goes_on_to_the_same_bits(string wish)
    {
        byte[] whole = Run(_d, null);
        var counted = new MemoryStore { Wanted = Wanted[wish] };
        Assert.Equal(whole, Run(_d, counted.Join()));
        Assert.InRange(counted.Keeps, 7, 80);
        for (int last = 1; last <= counted.Keeps; last++)
        {
            var store = new MemoryStore { Wanted = Wanted[wish], OnKept = keeps => { if (keeps == last) throw new EndException(); } };
            Assert.Throws<EndException>(() => Run(_d, store.Join()));
            store.OnKept = null;
            var again = store.Join();
            Assert.Equal(whole, Run(_d, again));
            Assert.NotEmpty(again.Fetched);
        }
    }

    /// <summary>Features of one window stay on the device, and are gone with the process: they are recorded again.</summary>
    [Fact]
    public void A_run_of_one_window_goes_on_in_the_midst_of_an_inversion()
    {
        byte[] whole = Run(_d, null, isWhole: true);
        Assert.NotEqual(whole, Run(_d, null, isWhole: true, features: []));
        var counted = new MemoryStore();
        Assert.Equal(whole, Run(_d, counted.Join(), isWhole: true));
        for (int last = 1; last <= counted.Keeps; last++)
        {
            var store = new MemoryStore { OnKept = keeps => { if (keeps == last) throw new EndException(); } };
            Assert.Throws<EndException>(() => Run(_d, store.Join(), isWhole: true));
            store.OnKept = null;
            Assert.Equal(whole, Run(_d, store.Join(), isWhole: true));
        }
    }

    /// <summary>A run in which every unit is a process's last.</summary>
    [Fact]
    public void A_run_goes_on_from_one_unit_to_the_next()
    {
        var store = new MemoryStore { OnKept = _ => throw new EndException() };
        int ends = 0;
        for (; ; ends++)
        {
            Assert.InRange(ends, 0, 100);
            try
            {
                Assert.Equal(Run(_d, null), Run(_d, store.Join()));
                break;
            }
            catch (EndException)
            {
            }
        }

        Assert.Equal(store.Keeps, ends);
    }

    /// <summary>Both do the cheap steps, each pass is done once.</summary>
    [Fact]
    public void Two_runs_share_the_passes_and_end_with_the_same_bits()
    {
        byte[] whole = Run(_d, null);
        var store = new MemoryStore();
        MemoryStore.Member[] members = [store.Join(), store.Join()];
        byte[][] results = new byte[2][];
        using var start = new Barrier(2);
        Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            using var d = Device.Open(new DeviceOptions(Threads: 1));
            start.SignalAndWait(TestContext.Current.CancellationToken);
            results[i] = Run(d, members[i]);
        });
        Assert.Equal(whole, results[0]);
        Assert.Equal(whole, results[1]);
    }

    /// <summary>Claims of others are left for later; what is computed meanwhile is fetched when its turn has come.</summary>
    [Fact]
    public void Units_of_a_process_that_died_are_taken_over()
    {
        var store = new MemoryStore();
        WorkUnit[] claimed = [new(UnitKind.Predicted, 0, 4, false, 0, 2), new(UnitKind.Predicted, 1, 3, true, 1, 3)];
        foreach (var unit in claimed) store.ClaimByGhost(unit);
        var member = store.Join();
        Assert.Equal(Run(_d, null), Run(_d, member));
        Assert.Equal(2, member.Waits);
        Assert.Equal([2, 4, 6, 0], member.Own.Where(unit => (unit.Stage, unit.Step) == (0, 4) && unit.Kind == UnitKind.Predicted)
            .Select(unit => unit.First));
    }

    [Fact]
    public void Damaged_units_are_computed_again()
    {
        byte[] whole = Run(_d, null);
        var counted = new MemoryStore();
        Run(_d, counted.Join());
        for (int last = 3; last <= counted.Keeps; last += 4)
        {
            var store = new MemoryStore { OnKept = keeps => { if (keeps == last) throw new EndException(); } };
            Assert.Throws<EndException>(() => Run(_d, store.Join()));
            store.OnKept = null;
            var damaged = store.Units.Where((_, i) => i % 2 == 0).ToArray();
            foreach (var unit in damaged) store.Damage(unit);
            Assert.Equal(whole, Run(_d, store.Join()));
        }
    }

    /// <summary>The newest state may be damaged, so the one before it stays, with all that was done since.</summary>
    [Fact]
    public void What_came_before_the_state_before_the_last_is_forgotten()
    {
        var store = new MemoryStore();
        Run(_d, store.Join());
        Assert.Equal(
            ["predicted-2-down-1-0-2", "predicted-2-down-1-2-2", "predicted-2-down-1-4-2", "predicted-2-down-1-6-1",
                "state-1-down-2-0-7", "state-2-down-1-0-7"],
            store.Units.Select(unit => unit.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_run_that_goes_on_tells_the_steps_before_as_done()
    {
        var store = new MemoryStore { OnKept = keeps => { if (keeps == 30) throw new EndException(); } };
        Assert.Throws<EndException>(() => Run(_d, store.Join()));
        store.OnKept = null;
        List<EvsStep> whole = [], again = [];
        Run(_d, null, whole);
        Run(_d, store.Join(), again);
        Assert.Equal(Told(whole), Told(again));
        Assert.Equal(again.Count(step => step.IsSkipped), again.TakeWhile(step => step.IsSkipped).Count());
        Assert.InRange(again.Count(step => step.IsSkipped), 3, whole.Count - 2);
        Assert.DoesNotContain(whole, step => step.IsSkipped);

        static IEnumerable<string> Told(List<EvsStep> steps) =>
            steps.Select(s => $"{s.StageIndex} {s.K} {s.IsClimbing} {s.Calls} {s.TotalCalls} {s.IsLast}");
    }

    [Fact]
    public void What_is_not_wanted_is_not_brought_from_the_device()
    {
        var store = new MemoryStore { Wanted = _ => false };
        Assert.Equal(Run(_d, null), Run(_d, store.Join()));
        Assert.Equal(0, store.Keeps);
    }

    private static byte[] Run(
        Device d, IWorkStore? store, List<EvsStep>? told = null, bool isWhole = false, HashSet<string>? features = null)
    {
        using var scope = d.Enter("run");
        var image = new ToyDenoiser(Config.CreateImageSampler(), Toy.ImagePositive, Toy.ImageNegative, Toy.Guidance) { FramesPerPass = 2 };
        VideoWindows? cut = isWhole ? null : new VideoWindows(3, 1, Shifts: true);
        var video = new RecallingDenoiser(new ToyDenoiser(Config.CreateVideoSampler(), Toy.Video), cut);
        features ??= [RecallingDenoiser.Feature];
        var refiner = new EvsRefiner(image, video, new CounterNoise(5), features, gamma: 1, store);
        var x0 = new Draw(4).Normals(d, Clip);
        float[] result = [];
        foreach (var step in refiner.Steps(d, x0, EvsPlan.Build(Config)))
        {
            told?.Add(step);
            if (step.IsLast) result = d.Download(step.Result);
        }

        return System.Runtime.InteropServices.MemoryMarshal.AsBytes(result.AsSpan()).ToArray();
    }

    /// <summary>A process ends.</summary>
    private sealed class EndException : Exception;
}
