using EvsNative.Layers;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Runs;

/// <summary>The model, the clip and the choices that come with the program, in the folder <c>demo</c> beside it.</summary>
public sealed class DemoFiles
{
    private const string Origin = "the demo";

    private DemoFiles(string folder, Choices choices) => (Folder, Choices) = (folder, choices);

    /// <summary>Where they lie.</summary>
    public string Folder { get; }

    /// <summary>What was chosen for this model and clip.</summary>
    public Choices Choices { get; }

    /// <summary>The model, diffusers layout, with motion modules.</summary>
    public string ModelFolder => Path.Combine(Folder, "evs-tiny");

    /// <summary>The weak clip.</summary>
    public string ClipFolder => Path.Combine(Folder, "clip");

    /// <summary>What the clip should have been, at twice its size.</summary>
    public string CleanFolder => Path.Combine(Folder, "clean");

    /// <summary>Finds the files.</summary>
    /// <exception cref="InputException">the program was copied without them</exception>
    public static DemoFiles Open()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "demo"), file = Path.Combine(folder, "demo.json");
        if (!File.Exists(file))
        {
            throw new InputException(
                InputCode.NotFound, $"the demo's files are not beside the program ({folder}): copy the folder 'demo' along with it");
        }

        return JsonFile.ReadObject(file).TryGetProperty("settings", out var settings)
            ? new DemoFiles(folder, ChoicesJson.Read(settings, Origin))
            : throw new InputException(InputCode.Damaged, $"{file}: it holds no settings: copy the folder 'demo' anew");
    }
}
