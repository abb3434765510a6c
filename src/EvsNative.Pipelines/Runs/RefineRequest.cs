using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>A clip, a model and the choices made: what <c>refine</c> does and <c>plan</c> foretells.</summary>
public sealed record RefineRequest
{
    /// <summary>The complaint where a clip is needed.</summary>
    internal const string NoClip = "no clip: name a video or a folder of PNG frames, or use --demo";

    /// <summary>The clip; null for the demo's, or for a plan of a size.</summary>
    public string? Input { get; init; }

    /// <summary>The embedded demo, if that is what is wanted.</summary>
    internal DemoFiles? Demo { get; init; }

    /// <summary>Folder of the image model.</summary>
    public string? Model { get; init; }

    /// <summary>File or folder of the motion modules.</summary>
    public string? Motion { get; init; }

    /// <summary>Size of a model by formula, if there is to be one.</summary>
    public string? FakeWeights { get; init; }

    /// <summary>What the clip shows.</summary>
    public string? Prompt { get; init; }

    /// <summary>Height and width of the result over those of the clip.</summary>
    public double Upscale { get; init; } = 2;

    /// <summary>Where to compute.</summary>
    internal DeviceRequest Device { get; init; } = DeviceRequest.Usual;

    /// <summary>Frames a second of a folder of frames, which carries none.</summary>
    public Rational? Rate { get; init; }

    /// <summary>Lays what was said over a configuration.</summary>
    public Func<EvsConfig, EvsConfig> Choose { get; init; } = config => config;

    /// <summary>What the clip shows; the demo knows it.</summary>
    public string Words => Prompt ?? Demo?.Prompt ?? (FakeWeights is null
        ? throw new InputException("--prompt is missing: say what the clip shows, best in the words it was generated with")
        : "a clip");

    /// <summary>Opens the model's files.</summary>
    public ModelParts OpenModel()
    {
        bool needsMotion = Choose(new EvsConfig()).Mode != EvsMode.T2I;
        if (FakeWeights is { } size) return FormulaModels.Open(size, needsMotion);
        if (Model is { } model) return ModelParts.Open(model, Motion, needsMotion);
        if (Demo is { } demo) return ModelParts.Open(demo.ModelFolder, Motion, needsMotion);
        throw new InputException("--model is missing: the folder of a Stable Diffusion 1.5 model (or --fake-weights sd15 to measure time, or --demo)");
    }

    /// <summary>The method's choices: what was said, else the demo's, else the model's own, else the paper's.</summary>
    public EvsConfig Configure(ModelParts parts)
    {
        var own = new EvsConfig { ImageScheduler = parts.ImageScheduler, Motion = parts.MotionProfile };
        var config = Choose(Demo is { } demo ? demo.Configure(own) : own);
        config.Validate();
        return config;
    }

    /// <summary>Opens the clip.</summary>
    internal IFrameReader OpenClip(CancellationToken stop)
    {
        if (Demo is { } demo) return FrameFiles.Open(demo.ClipFolder, Rate, stop);
        if (Input is null) throw new InputException(InputCode.NotGiven, NoClip);
        if (Rate is not null && File.Exists(Input))
        {
            throw new InputException(
                InputCode.Conflict, $"--fps is for folders of frames: the video {Input} keeps its own rate; leave --fps out");
        }

        return FrameFiles.Open(Input, Rate, stop);
    }
}
