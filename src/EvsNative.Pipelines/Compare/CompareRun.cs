using EvsNative.Layers;
using EvsNative.Pipelines.Batch;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Compare;

/// <summary>
/// Refines every clip under every setting, measures what comes out, and has it judged. What is there is not made again, so a comparison
/// that was ended goes on by being started again, and several processes may share one. What fails does not stop the rest.
/// </summary>
/// <param name="request">clips and settings</param>
public sealed class CompareRun(CompareRequest request)
{
    private const string CellsName = "cells";

    /// <summary>Refines one clip into a folder of frames; as <see cref="RefineRun"/> does, quietly, if absent.</summary>
    public Func<RefineRequest, string, ModelSession, CancellationToken, RunSummary>? Refine { get; init; }

    /// <summary>Scores the clip at a path, of which some frames are read; no scores without it.</summary>
    public Func<string, ClipChoice, CancellationToken, CellScores>? Judge { get; init; }

    /// <summary>Which judges <see cref="Judge"/> asks, by files and settings: what they said is asked again if this differs.</summary>
    public string Judges { get; init; } = "";

    /// <summary>Told in a line of each cell that is done.</summary>
    public Action<string>? OnCell { get; init; }

    /// <summary>How long another process may be still before its cells are taken over.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Does it.</summary>
    /// <param name="stop">stops within a moment; what is done stays</param>
    /// <returns>every cell, in the order of settings and clips, the clips as they were given first</returns>
    /// <exception cref="InputException">a setting that no run can have, or the folder cannot be written</exception>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    public CompareResult Do(CancellationToken stop = default)
    {
        string folder = Path.Combine(request.Folder, CellsName);
        var cells = new CellMaker(folder, request.Open, stop);
        var given = request.Clips.Select(clip => cells.Make(clip, null)).ToArray();
        // All clips of one setting, then the next: a model that needs no motion modules is loaded once.
        var made = request.Groups.SelectMany(group => group.Variants)
            .SelectMany(variant => request.Clips.Select(clip => cells.Make(clip, variant))).ToArray();
        var ends = RefineAll(made, stop);
        var results = given.Select(cell => Result(cell, null, stop))
            .Concat(made.Select(cell => Result(cell, ends[cell.Folder], stop))).ToArray();
        return new CompareResult(request, results);
    }

    private Dictionary<string, BatchOutcome> RefineAll(CompareCell[] cells, CancellationToken stop)
    {
        var distinct = cells.DistinctBy(cell => cell.Folder).ToArray();
        using var session = new ModelSession();
        CheckSettings(distinct, session);
        Create(Path.GetDirectoryName(distinct[0].Folder)!);
        // By place: a cell that another process has may end a second time, here, when that process is gone.
        var ended = new HashSet<string>();
        var list = BatchList.Of([.. distinct.Select((cell, i) => new BatchJob(i, cell.Name, cell.Request.Choices, cell.Folder))]);
        var outcomes = new BatchRun(list, job => RefineOne(distinct[job.Place], session, stop))
        {
            Force = request.Force,
            Patience = Patience,
            OnEnd = outcome =>
            {
                if (outcome.End == BatchEnd.Skipped) FinishedRun.Sweep(RunFolder.Beside(outcome.Output));
                ended.Add(outcome.Wanted);
                OnCell?.Invoke($"{ended.Count} of {distinct.Length}: {Line(outcome)}");
            },
        }.Do(stop);
        return outcomes.ToDictionary(outcome => outcome.Wanted);
    }

    /// <summary>Whether every setting makes sense with its model is known before hours are spent on the first one.</summary>
    private static void CheckSettings(CompareCell[] cells, ModelSession session)
    {
        foreach (var cell in cells.DistinctBy(cell => cell.Variant).OrderBy(cell => cell.Request.NeedsMotion))
        {
            _ = cell.Request.Prompts;
            cell.Request.Configure(session.Open(cell.Request));
        }
    }

    private string RefineOne(CompareCell cell, ModelSession session, CancellationToken stop)
    {
        // What an earlier result measured is not this one's.
        File.Delete(cell.NumbersFile);
        var summary = Refine is not null
            ? Refine(cell.Request, cell.Folder, session, stop)
            : new RefineRun(cell.Request) { Session = session }.Write(cell.Folder, request.Force, stop);
        double loading = summary.Stages.Where(stage => stage.Name is "read and plan" or "load").Sum(stage => stage.Seconds);
        new CellNumbers
        {
            Seconds = summary.Seconds - loading,
            Device = $"{summary.Device}, {summary.Precision}",
            Measures = CellMeasurer.OfResult(cell.Request, summary.Output.Path, stop),
        }.Write(cell.NumbersFile);
        return summary.Output.Path;
    }

    /// <summary>What is known of a cell, measured and judged where that was not done yet.</summary>
    /// <param name="cell">the cell</param>
    /// <param name="outcome">how its refining ended; null for a clip as it was given</param>
    /// <param name="stop">stops within a frame</param>
    private CellResult Result(CompareCell cell, BatchOutcome? outcome, CancellationToken stop)
    {
        string? fault = outcome?.End == BatchEnd.Failed ? outcome.Message : null;
        if (outcome?.End is BatchEnd.Failed or BatchEnd.Elsewhere) return new CellResult(cell.Clip.Name, cell.Variant, null, null, fault);
        try
        {
            // What is made anew has new numbers; of a clip as it was given they alone are made.
            bool isAnew = request.Force && cell.Variant is null;
            var numbers = (isAnew ? null : CellNumbers.Read(cell.NumbersFile)) ?? Measured(cell, stop);
            return new CellResult(cell.Clip.Name, cell.Variant, cell.Frames, Judged(cell, numbers, stop), null);
        }
        catch (InputException e)
        {
            OnCell?.Invoke($"{cell.Name}: {e.Message}");
            return new CellResult(cell.Clip.Name, cell.Variant, cell.Frames, null, e.Message);
        }
    }

    private static CellNumbers Measured(CompareCell cell, CancellationToken stop)
    {
        var numbers = new CellNumbers
        {
            Measures = cell.Variant is null
                ? CellMeasurer.OfInput(cell.Request, stop)
                : CellMeasurer.OfResult(cell.Request, cell.Frames, stop),
        };
        numbers.Write(cell.NumbersFile);
        return numbers;
    }

    private CellNumbers Judged(CompareCell cell, CellNumbers numbers, CancellationToken stop)
    {
        if (Judge is null || numbers.Judges == Judges) return numbers;
        var choice = cell.Variant is null ? cell.Request.Clip : ClipChoice.All;
        var judged = numbers with { Scores = Judge(cell.Frames, choice, stop), Judges = Judges };
        judged.Write(cell.NumbersFile);
        OnCell?.Invoke($"{cell.Name}: judged");
        return judged;
    }

    private static string Line(BatchOutcome outcome) => outcome.End switch
    {
        BatchEnd.Done => FormattableString.Invariant($"{outcome.Clip}: done in {outcome.Seconds:0.0} s"),
        BatchEnd.Skipped => $"{outcome.Clip}: is there already",
        BatchEnd.Elsewhere => $"{outcome.Clip}: another process has it",
        _ => $"{outcome.Clip}: failed: {outcome.Message}",
    };

    private static void Create(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, folder);
        }
    }
}
