namespace EvsNative.Models.Evs;

/// <summary>
/// Keeps the results of units, so that a run that was ended goes on where it was, and so that several processes can share one run. All
/// calls come from the run's own thread.
/// </summary>
public interface IWorkStore
{
    /// <summary>Whether the result of a unit is there. One that <see cref="TryFetch"/> found damaged is not.</summary>
    bool Has(in WorkUnit unit);

    /// <summary>Fetches the result of a unit.</summary>
    /// <param name="unit">the unit</param>
    /// <param name="result">filled where it is there; its length is the result's</param>
    /// <returns>false where it is not there, or not whole, or of another length: then it must be computed</returns>
    bool TryFetch(in WorkUnit unit, Span<byte> result);

    /// <summary>
    /// Whether the result of a unit is to be kept: asked before it is brought from the device, so that what is not kept costs nothing.
    /// How often something is kept is the store's choice. For a state it is asked once, of its first frames; the others go with them.
    /// </summary>
    bool Wants(in WorkUnit unit);

    /// <summary>
    /// Asks whether this process is to compute a unit that is wanted. Its claim ends when the result is kept, or with the process.
    /// </summary>
    /// <returns>
    /// false while another process is at it, or where it has become whole meanwhile: then another one is done first. True where nothing is
    /// shared
    /// </returns>
    bool TryClaim(in WorkUnit unit);

    /// <summary>Keeps a result, of a unit that was wanted and claimed.</summary>
    /// <exception cref="Layers.InputException">it cannot be written; one line says why</exception>
    void Keep(in WorkUnit unit, ReadOnlySpan<byte> result);

    /// <summary>
    /// Waits a moment for a unit that another process is at: until it is there, its process is gone, or a second has passed.
    /// </summary>
    void Wait(in WorkUnit unit, CancellationToken cancellation);

    /// <summary>Units that no later one needs; they may be deleted.</summary>
    void Forget(Predicate<WorkUnit> isDone);
}
