using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Recipes;
using EvsNative.Pipelines.Settings;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Runs;

/// <summary>What a run that writes a clip keeps of its work: opened when its recipe is known, closed whatever ends it.</summary>
/// <param name="request">what is to be done</param>
/// <param name="output">the result's place</param>
/// <param name="onWarning">told of what was kept, or is gone on with</param>
internal sealed class RunWork(RefineRequest request, string output, Action<Notice>? onWarning)
{
    /// <summary>What the standard input gave is gone when the run has ended.</summary>
    private const string StandardInput = "-";

    /// <summary>Keeps results; null where nothing is kept.</summary>
    public FolderWorkStore? Store { get; private set; }

    /// <summary>Whether the folder stays when the run has ended well.</summary>
    public bool KeepsFolder => request.Choices.Get(WorkSettings.KeepWork) == true;

    /// <summary>Whether this process writes the result; of a shared run only one does.</summary>
    public bool IsWriter => Store?.TryClaimResult() != false;

    /// <summary>
    /// What an unfinished run decided to fit into memory and what changes numbers, where it is not what holds now: whoever goes on with it
    /// does the same. Null where there is no such run.
    /// </summary>
    /// <param name="config">the method's settings</param>
    /// <exception cref="InputException">its recipe cannot be read</exception>
    public Choices? Earlier(EvsConfig config) =>
        request.Input == StandardInput || request.Choices.Get(WorkSettings.Restart) == true
        || FolderOf(request.Choices, output).Recipe() is not { } recipe
            ? null
            : RunRecipes.MemoryOf(recipe, request.Choices, config);

    /// <summary>Where a run keeps its work.</summary>
    /// <param name="choices">what was chosen</param>
    /// <param name="output">the result's place</param>
    public static RunFolder FolderOf(Choices choices, string output) =>
        choices.Get(WorkSettings.Work) is { } path ? new RunFolder(path) : RunFolder.Beside(output);

    /// <summary>Opens what an earlier run kept, or prepares to keep.</summary>
    /// <param name="held">the choices that hold</param>
    /// <param name="config">the settings that hold</param>
    /// <param name="clip">[F,H,W,3] as the networks see it</param>
    /// <param name="device">what computes</param>
    /// <param name="repeat">what repeats the run elsewhere, to be kept with it</param>
    /// <param name="stop">stops while inputs are looked at</param>
    /// <exception cref="InputException">an unfinished run of another recipe is there, or another process is at it</exception>
    public FolderWorkStore? Open(
        Choices held, EvsConfig config, Shape clip, Device device, Recipe repeat, CancellationToken stop)
    {
        if (request.Input == StandardInput) return null;
        var choices = request.Choices;
        var folder = FolderOf(choices, output);
        var recipe = RunRecipes.Of(request, held, config, clip, device, stop) with { Repeat = repeat };
        // A run that begins again here, with a smaller plan, throws away what the larger one made if that has other numbers.
        bool isAgain = Store is not null;
        Store?.Dispose();
        bool isOther = isAgain && folder.Recipe() is { } before && recipe.DifferencesTo(before).Count > 0;
        Store = new FolderWorkStore(
            folder,
            recipe,
            TimeSpan.FromSeconds(choices.Get(WorkSettings.SaveEvery, WorkSettings.UsualInterval)!.Value),
            choices.Get(WorkSettings.Share) == true,
            isOther || (!isAgain && choices.Get(WorkSettings.Restart) == true))
        {
            Result = OutputPlace.Of(output).Target,
        };
        if (Store.Inherited > 0 && !isAgain)
            onWarning?.Invoke(new Notice(NoticeCode.Kept, $"goes on with what an earlier run kept in {folder.Path}"));
        return Store;
    }

    /// <summary>Does the run; if it is ended before its time, what it has done is kept, and that is said.</summary>
    /// <exception cref="RunStoppedException">it was stopped, and something is kept</exception>
    public PendingClip Guard(Func<PendingClip> run)
    {
        try
        {
            return run();
        }
        catch (OperationCanceledException)
        {
            if (Store?.Stop() == true) throw new RunStoppedException(Store.Folder.Path);
            throw;
        }
        catch (Exception)
        {
            if (Store?.Stop() == true)
            {
                onWarning?.Invoke(new Notice(
                    NoticeCode.Kept, $"what is done is kept in {Store.Folder.Path}: the same command goes on with it"));
            }

            throw;
        }
    }
}
