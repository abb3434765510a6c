using System.Runtime.InteropServices;
using EvsNative.Kernels;

namespace EvsNative.Models.Evs;

/// <summary>A state that was found whole.</summary>
/// <param name="Step">the last step that was done</param>
/// <param name="Chunks">its numbers, some frames at a time</param>
internal sealed record FoundState(CourseStep Step, IReadOnlyList<byte[]> Chunks);

/// <summary>
/// Keeps states in a store and finds them again: what a run goes on from. A state lies there in chunks of frames; a chunk holds these
/// frames of each tensor, one tensor behind the other, float32. When one is whole, all that was done before the one before it is
/// forgotten, so that a damaged one costs the work since then and nothing else.
/// </summary>
/// <param name="store">where</param>
/// <param name="state">which tensors a state consists of</param>
/// <param name="course">the steps of the run</param>
internal sealed class StateKeeper(IWorkStore store, RunState state, IReadOnlyList<CourseStep> course)
{
    private const long MostChunkBytes = 64L << 20;

    private readonly Dictionary<(int Stage, int Step, bool IsClimbing), int> _places =
        course.ToDictionary(step => (step.StageIndex, step.K, step.IsClimbing), step => step.Index);

    private int _latest = -1;

    /// <summary>The newest state that is whole; null if there is none.</summary>
    public FoundState? Find()
    {
        foreach (var step in course.Reverse())
        {
            var units = Units(step);
            if (!units.All(unit => store.Has(unit))) continue;
            byte[][] chunks = [.. units.Select(unit => new byte[ChunkBytes(step, unit)])];
            if (!units.Zip(chunks).All(pair => store.TryFetch(pair.First, pair.Second))) continue;
            return new FoundState(step, chunks);
        }

        return null;
    }

    /// <summary>Writes a state into the run's tensors.</summary>
    /// <param name="d">the device</param>
    /// <param name="found">the state</param>
    /// <param name="tensorOf">the tensor that a part is of</param>
    public void Load(Device d, FoundState found, Func<StatePart, Tensor> tensorOf)
    {
        _latest = found.Step.Index;
        foreach (var (unit, chunk) in Units(found.Step).Zip(found.Chunks))
            Exchange(found.Step, unit, tensorOf, chunk, (tensor, values) => d.Write(tensor, values));
    }

    /// <summary>Keeps the state after a step, if the store wants it.</summary>
    /// <param name="d">the device</param>
    /// <param name="step">the step</param>
    /// <param name="tensorOf">the tensor that a part is of</param>
    public void Keep(Device d, CourseStep step, Func<StatePart, Tensor> tensorOf)
    {
        var units = Units(step);
        if (!store.Wants(units[0])) return;
        foreach (var unit in units)
        {
            if (store.Has(unit) || !store.TryClaim(unit)) continue;
            byte[] chunk = new byte[ChunkBytes(step, unit)];
            Exchange(step, unit, tensorOf, chunk, (tensor, values) => d.Read(tensor, values));
            store.Keep(unit, chunk);
        }

        if (!units.All(unit => store.Has(unit))) return;
        int past = _latest;
        if (past >= 0) store.Forget(unit => IsPast(unit, past));
        _latest = step.Index;
    }

    /// <summary>True for all that led to a state, and for the states before it.</summary>
    private bool IsPast(WorkUnit unit, int latest) => unit.Kind switch
    {
        UnitKind.Encoded => true,
        UnitKind.Decoded => false,
        _ => _places.TryGetValue((unit.Stage, unit.Step, unit.IsClimbing), out int at)
            && (unit.Kind == UnitKind.State ? at < latest : at <= latest),
    };

    private void Exchange(CourseStep step, WorkUnit unit, Func<StatePart, Tensor> tensorOf, Span<byte> chunk, Move move)
    {
        var values = MemoryMarshal.Cast<byte, float>(chunk);
        foreach (var part in state.After(step))
        {
            var frames = tensorOf(part).Images(unit.First, unit.Count);
            move(frames, values[..(int)frames.Shape.Count]);
            values = values[(int)frames.Shape.Count..];
        }
    }

    private WorkUnit[] Units(CourseStep step)
    {
        int frames = state.Input.N, most = (int)Math.Clamp(MostChunkBytes / FrameBytes(step), 1, frames);
        return [.. FrameWindow.Groups(frames, most).Select(group => step.Unit(UnitKind.State, group.First, group.Count))];
    }

    private int ChunkBytes(CourseStep step, WorkUnit unit) => checked((int)(FrameBytes(step) * unit.Count));

    private long FrameBytes(CourseStep step) => state.After(step).Sum(part => part.Shape.Count / part.Shape.N * sizeof(float));

    private delegate void Move(Tensor tensor, Span<float> values);
}
