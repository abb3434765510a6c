using System.Text;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli;

/// <summary>
/// Writes what a run made. Frames, page and numbers are finished under temporary names, then take their places in a row; page and numbers
/// carry the frames' hash, so that a mixture can be told even where the process is killed in that moment. The clip is what counts: what
/// else cannot be written does not keep it back.
/// </summary>
internal sealed class RefineWriting : IDisposable
{
    private readonly RefineOutputs _outputs;
    private readonly RunSummary _asked;
    private readonly int _said;
    private readonly List<(PendingFile File, Action<Stream, RunSummary> Write)> _companions = [];
    private readonly List<string> _written = [];
    private InputException? _fault;

    private RefineWriting(RefineOutputs outputs, RunSummary asked, int said) => (_outputs, _asked, _said) = (outputs, asked, said);

    /// <summary>Does the run and writes it.</summary>
    /// <param name="run">the run</param>
    /// <param name="outputs">where to; prepared</param>
    /// <param name="score">scores a result that has no place yet, by where it can be read; null where nobody asked for scores</param>
    /// <param name="say">told of what a killed run had left, and of outputs whose place was taken meanwhile</param>
    /// <param name="stop">stops it as long as nothing has its place</param>
    /// <returns>the run's summary with what was written where</returns>
    /// <exception cref="InputException">something given cannot be used, or could not be written; the line says what was</exception>
    public static RunSummary Write(
        RefineRun run, RefineOutputs outputs, Func<string, IReadOnlyList<ScoreChange>>? score, Action<Notice> say, CancellationToken stop)
    {
        var frames = new PageFrames();
        using var clip = run.Encode(outputs.Clip, outputs.Force, outputs.Page is null ? null : frames, stop);
        if (clip.IsElsewhere) return clip.Place() with { Written = outputs.All };
        var scores = score is not null && clip.Temporary is { } made ? score(made) : [];
        var asked = clip.At(outputs.Clip) with { Written = outputs.All, Scores = scores };
        using var writing = new RefineWriting(outputs, asked, clip.Made.Warnings.Count);
        writing.Start(outputs.Page, (file, summary) => ComparePage.Write(file, frames, summary));
        writing.Start(outputs.Numbers, (file, summary) => file.Write(Encoding.UTF8.GetBytes(summary.ToJson())));
        stop.ThrowIfCancellationRequested();
        return writing.Place(clip, say);
    }

    /// <inheritdoc/>
    public void Dispose() => _companions.ForEach(companion => companion.File.Dispose());

    private void Start(string? path, Action<Stream, RunSummary> write)
    {
        if (path is null) return;
        Attempt(() =>
        {
            var file = new PendingFile(path, _outputs.Force, wasAsked: true);
            try
            {
                file.Fill(stream => write(stream, _asked));
                file.Finish();
                _companions.Add((file, write));
            }
            catch
            {
                file.Dispose();
                throw;
            }
        });
    }

    private RunSummary Place(PendingClip clip, Action<Notice> say)
    {
        var summary = clip.Place() with { Scores = _asked.Scores };
        _written.AddRange(summary.Written);
        bool isElsewhere = summary.Output.Path != _outputs.Clip;
        var told = summary with { Written = [summary.Output.Path, .. _outputs.All.Skip(1)] };
        foreach (var (file, write) in _companions)
        {
            Attempt(() =>
            {
                if (isElsewhere) file.Fill(stream => write(stream, told));
                _written.Add(file.Commit());
            });
        }

        var late = summary.Warnings.Skip(_said).Concat(_companions.SelectMany(companion => companion.File.Notices));
        foreach (var notice in late) say(notice);
        if (_fault is not null)
        {
            string line = $"{_fault.Message}; written: {string.Join(", ", _written)}";
            throw new InputException(_fault.Code, line, _fault.Details, _fault);
        }

        return summary with { Written = _written };
    }

    /// <summary>The first fault is told when the clip is safe.</summary>
    private void Attempt(Action step)
    {
        try
        {
            step();
        }
        catch (InputException e)
        {
            _fault ??= e;
        }
    }
}
