using EvsNative.Layers;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;
using Spectre.Console;

namespace EvsNative.Cli;

/// <summary>A bar on the error stream: what is being done, how much of it is done, time left.</summary>
internal sealed class RunProgress(ProgressContext context) : IProgress<RunStatus>
{
    /// <summary>Characters beside the bar.</summary>
    private const int LongestText = 60;

    /// <summary>Columns of a terminal on which rate and memory have room behind the longest text.</summary>
    private const int WideTerminal = 140;

    private ProgressTask? _task;
    private RunPart? _part;

    /// <summary>Does a run with a bar, if there is somebody to see it.</summary>
    /// <param name="isQuiet">no bar at all</param>
    /// <param name="run">the run; told what to report to, null where nobody watches, and how to say a line</param>
    public static T Watch<T>(bool isQuiet, Func<IProgress<RunStatus>?, Action<object>, T> run) =>
        Watch(isQuiet ? ProgressForm.None : ProgressForm.Bar, run);

    /// <summary>Does a run that tells where it stands.</summary>
    /// <param name="form">how; a bar only if there is somebody to see it</param>
    /// <param name="run">the run; told what to report to, null where nobody watches, and how to say a line</param>
    public static T Watch<T>(ProgressForm form, Func<IProgress<RunStatus>?, Action<object>, T> run)
    {
        if (form == ProgressForm.Lines) return run(new ProgressLines(), line => Faults.Say($"{line}"));
        if (form == ProgressForm.None || Console.IsErrorRedirected) return run(null, line => Faults.Say($"{line}"));
        var console = Screen.ErrorTerminal();
        return console.Progress()
            .AutoClear(true)
            .Columns(
            [
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new TimeLeftColumn(), .. Screen.Columns >= WideTerminal ? new ProgressColumn[] { new RateColumn() } : [],
            ])
            .Start(context => run(new RunProgress(context), line => console.WriteLine(Faults.Line($"{line}"))));
    }

    /// <inheritdoc/>
    public void Report(RunStatus value)
    {
        string verb = value.Part switch
        {
            RunPart.Read => "looking through ",
            RunPart.Load => "loading the ",
            RunPart.Write => "writing ",
            _ => "",
        };
        // A bar must have words.
        string text = InputText.Short(InputText.OneLine($"{verb}{value.What}"), LongestText) is { Length: > 0 } words ? words : "working";
        if (_task is null || _part != value.Part)
        {
            _task?.StopTask();
            (_task, _part) = (context.AddTask(Markup.Escape(text), maxValue: 1), value.Part);
        }

        _task.Description = Markup.Escape(text);
        _task.Value = value.Share;
        TimeLeftColumn.Set(_task, value.SecondsLeft);
        RateColumn.Set(_task, value);
    }
}

/// <summary>What was said about progress.</summary>
internal static class ProgressForms
{
    /// <summary>The form that holds: scripts that read JSON get none unless they ask.</summary>
    public static ProgressForm Of(Choices choices) => choices.Get(
        WatchSettings.Progress, choices.Get(OutputSettings.Json) == true ? ProgressForm.None : ProgressForm.Bar)!.Value;
}
