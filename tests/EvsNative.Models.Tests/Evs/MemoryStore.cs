using EvsNative.Models.Evs;

namespace EvsNative.Models.Tests.Evs;

/// <summary>A run's units in memory, for as many processes as join it; each is a thread with a device of its own.</summary>
internal sealed class MemoryStore
{
    private readonly Dictionary<WorkUnit, byte[]> _kept = [];
    private readonly Dictionary<WorkUnit, object> _claims = [];

    /// <summary>Units that are there.</summary>
    public IReadOnlyList<WorkUnit> Units
    {
        get
        {
            lock (_kept) return [.. _kept.Keys];
        }
    }

    /// <summary>How often a unit was kept, over all processes.</summary>
    public int Keeps { get; private set; }

    /// <summary>What is to be kept.</summary>
    public Predicate<WorkUnit> Wanted { get; init; } = _ => true;

    /// <summary>Called after a unit was kept, with how many that makes.</summary>
    public Action<int>? OnKept { get; set; }

    /// <summary>A process.</summary>
    public Member Join() => new(this);

    /// <summary>Makes a unit of no use, as a fault of the disk does.</summary>
    public void Damage(WorkUnit unit) => _kept[unit] = [];

    /// <summary>A process that claims a unit and is never heard of again.</summary>
    public void ClaimByGhost(WorkUnit unit) => _claims[unit] = Ghost;

    private static object Ghost { get; } = new();

    /// <summary>One process's view of the store.</summary>
    public sealed class Member(MemoryStore store) : IWorkStore
    {
        /// <summary>Units that it computed.</summary>
        public List<WorkUnit> Own { get; } = [];

        /// <summary>Units that it fetched.</summary>
        public List<WorkUnit> Fetched { get; } = [];

        /// <summary>How often it waited.</summary>
        public int Waits { get; private set; }

        public bool Has(in WorkUnit unit)
        {
            lock (store._kept) return store._kept.ContainsKey(unit);
        }

        public bool TryFetch(in WorkUnit unit, Span<byte> result)
        {
            lock (store._kept)
            {
                if (!store._kept.TryGetValue(unit, out byte[]? kept)) return false;
                if (kept.Length != result.Length)
                {
                    store._kept.Remove(unit);
                    return false;
                }

                kept.CopyTo(result);
            }

            Fetched.Add(unit);
            return true;
        }

        public bool Wants(in WorkUnit unit) => store.Wanted(unit);

        public bool TryClaim(in WorkUnit unit)
        {
            lock (store._kept)
            {
                Assert.True(store.Wanted(unit), $"{unit} is not wanted");
                if (store._kept.ContainsKey(unit)) return false;
                if (store._claims.TryGetValue(unit, out object? owner) && owner != this) return false;
                store._claims[unit] = this;
                return true;
            }
        }

        public void Keep(in WorkUnit unit, ReadOnlySpan<byte> result)
        {
            int keeps;
            lock (store._kept)
            {
                Assert.True(store.Wanted(unit), $"{unit} was not wanted");
                Assert.Same(this, store._claims[unit]);
                store._claims.Remove(unit);
                store._kept[unit] = result.ToArray();
                keeps = ++store.Keeps;
            }

            Own.Add(unit);
            store.OnKept?.Invoke(keeps);
        }

        public void Wait(in WorkUnit unit, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            Waits++;
            lock (store._kept)
                if (store._claims.TryGetValue(unit, out object? owner) && owner == Ghost) store._claims.Remove(unit);
            Thread.Sleep(1);
        }

        public void Forget(Predicate<WorkUnit> isDone)
        {
            lock (store._kept)
                foreach (var unit in store._kept.Keys.Where(unit => isDone(unit)).ToArray()) store._kept.Remove(unit);
        }
    }
}
