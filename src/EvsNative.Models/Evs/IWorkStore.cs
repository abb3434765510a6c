namespace EvsNative.Models.Evs;

/// <summary>
/// Keeps the results of units, so that a run that was ended goes on where it was, and so that several processes can share one run. All
/// calls come from the run's own thread.
/// </summary>
public interface IWorkStore
{
    /// <summary>Whether the result of a unit is there, whole.</summary>
    bool Has(in WorkUnit unit);

    /// <summary>Fetches the result of a unit.</summary>
    /// <param name="unit">the unit</param>
    /// <param name="result">filled where it is there; its length is the result's</param>
    /// <returns>false where it is not there, or not whole, or of another length: then it must be computed</returns>
    bool TryFetch(in WorkUnit unit, Span<byte> result);

    /// <summary>Asks whether this process is to compute a unit.</summary>
    /// <returns>false while another process is at it: do another one first, then <see cref="Wait"/></returns>
    bool TryClaim(in WorkUnit unit);

    /// <summary>Keeps a result, of a unit that was claimed.</summary>
    /// <exception cref="Layers.InputException">it cannot be written; one line says why</exception>
    void Keep(in WorkUnit unit, ReadOnlySpan<byte> result);

    /// <summary>Waits a moment for a unit that another process is at: until it is there, its process is gone, or a second has passed.</summary>
    void Wait(in WorkUnit unit, CancellationToken cancellation);

    /// <summary>Units that no later one needs; they may be deleted.</summary>
    void Forget(Predicate<WorkUnit> isDone);
}
