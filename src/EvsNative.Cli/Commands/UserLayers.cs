using EvsNative.Layers;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary>What a command line says, over the user's own defaults, of which a line is said where there are any.</summary>
internal sealed class UserLayers
{
    private readonly Choices? _defaults;

    /// <summary>Reads the defaults.</summary>
    /// <param name="said">the command line</param>
    /// <param name="told">told of the defaults</param>
    /// <exception cref="InputException">the user's file of defaults cannot be used</exception>
    public UserLayers(Choices said, NoticeLog told)
    {
        (Said, _defaults) = (said, UserDefaults.Read());
        if (_defaults?.Said.ToArray() is not { Length: > 0 } settings) return;
        string file = UserDefaults.Place(Environment.GetEnvironmentVariable)!;
        var notice = new Notice(
            NoticeCode.Assumed,
            $"defaults of {file} hold where nothing else was said: {string.Join(", ", settings.Select(row => row.Name))}");
        told.Add(notice);
        Faults.Say(notice.Message);
    }

    /// <summary>The command line.</summary>
    public Choices Said { get; }

    /// <summary>The command line over the defaults.</summary>
    public Choices All => _defaults is null ? Said : Said.Over(_defaults);

    /// <summary>All layers as a request.</summary>
    /// <param name="said">instead of the command line: a row of a batch over it</param>
    public RefineRequest Request(Choices? said = null) => new(_defaults is null ? [said ?? Said] : [_defaults, said ?? Said]);
}
