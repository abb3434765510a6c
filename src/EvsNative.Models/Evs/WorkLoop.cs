using EvsNative.Kernels;

namespace EvsNative.Models.Evs;

/// <summary>What is to be done next of some units.</summary>
/// <param name="Index">which unit</param>
/// <param name="Fetched">its result if somebody computed it already, valid until the next turn; null if it is to be computed</param>
/// <param name="IsWanted">true if the result is to be kept</param>
/// <param name="IsDue">true if the result is to be used now; otherwise it will be fetched when its turn has come</param>
internal readonly record struct WorkTurn(int Index, Memory<byte>? Fetched, bool IsWanted, bool IsDue);

/// <summary>Fills a result that is to be kept.</summary>
internal delegate void FillResult(Span<byte> result);

/// <summary>
/// Goes through units of work that can be done in any order and are used in theirs. Without a store each is computed when its turn has
/// come. With one, what is there is fetched, and while another process computes the next unit, later ones are done.
/// </summary>
/// <param name="store">keeps results; may be absent</param>
internal sealed class WorkLoop(IWorkStore? store)
{
    private byte[] _result = [];

    /// <summary>True if results may be kept.</summary>
    public bool HasStore => store is not null;

    /// <summary>Tells what to do, until every unit was due.</summary>
    /// <param name="units">in the order in which their results are used</param>
    /// <param name="bytes">length of a unit's result</param>
    /// <param name="cancellation">ends waiting for others</param>
    /// <param name="ahead">how many units behind the one that is due may be computed before it</param>
    public IEnumerable<WorkTurn> Turns(
        IReadOnlyList<WorkUnit> units, Func<int, long> bytes, CancellationToken cancellation, int ahead = int.MaxValue)
    {
        for (int due = 0; due < units.Count;)
        {
            if (store is null)
            {
                yield return new WorkTurn(due++, null, IsWanted: false, IsDue: true);
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            var result = Room(bytes(due));
            if (store.TryFetch(units[due], result.Span))
            {
                yield return new WorkTurn(due++, result, IsWanted: false, IsDue: true);
                continue;
            }

            bool isWanted = store.Wants(units[due]);
            int free = isWanted ? Claim(store, units, due, ahead) : due;
            if (free < 0)
            {
                store.Wait(units[due], cancellation);
                continue;
            }

            yield return new WorkTurn(free, null, isWanted, IsDue: free == due);
            if (free == due) due++;
        }
    }

    /// <summary>Keeps the result of a unit whose turn said that it is wanted.</summary>
    /// <param name="unit">the unit</param>
    /// <param name="bytes">length of its result</param>
    /// <param name="fill">writes it</param>
    public void Keep(in WorkUnit unit, long bytes, FillResult fill)
    {
        if (store is null) throw new InvalidOperationException("there is nowhere to keep a result");
        var result = Room(bytes);
        fill(result.Span);
        store.Keep(unit, result.Span);
    }

    /// <summary>Claims the first unit that nobody is at, from the one that is due on; -1 if there is none.</summary>
    private static int Claim(IWorkStore store, IReadOnlyList<WorkUnit> units, int due, int ahead)
    {
        for (int i = due; i < units.Count && i - due <= ahead; i++)
        {
            // What is computed before its turn must be found again when that has come.
            if (i > due && (store.Has(units[i]) || !store.Wants(units[i]))) continue;
            if (store.TryClaim(units[i])) return i;
        }

        return -1;
    }

    private Memory<byte> Room(long bytes)
    {
        int length = checked((int)bytes);
        if (_result.Length < length) _result = new byte[length];
        return _result.AsMemory(0, length);
    }
}
