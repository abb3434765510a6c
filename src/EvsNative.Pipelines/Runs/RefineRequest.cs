using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Recipes;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Runs;

/// <summary>A clip, a model and the choices made: what <c>refine</c> does and <c>plan</c> foretells.</summary>
public sealed class RefineRequest
{
    /// <summary>The complaint where a clip is needed.</summary>
    internal const string NoClip = "no clip: name a video or a folder of frames, or use --demo";

    private PromptLoras? _prompts;
    private ClipSource? _clip;

    /// <summary>From layers of choices, a preset's first and the user's last; the demo's own lie below them if they ask for it.</summary>
    /// <exception cref="InputException">the demo is asked for and is not there</exception>
    public RefineRequest(params IEnumerable<Choices> layers)
    {
        var notices = new List<Notice>();
        void Add(string line) => notices.Add(new Notice(NoticeCode.ChoiceReplaced, line));
        var all = new Choices();
        foreach (var layer in layers)
        {
            Repeated = RecipeLayer.Of(layer, all) ?? Repeated;
            all = RecipeLayer.Under(layer, layer.Says(PresetSettings.Recipe) ? Repeated : null)
                .Aggregate(all, (below, choices) => choices.Over(below, Add));
        }

        Repeated?.RequirePaths(all);
        Demo = all.Get(ClipSettings.Demo) == true ? DemoFiles.Open() : null;
        Choices = Demo is null ? all : all.Over(Demo.Choices, Add);
        Notices = notices;
    }

    /// <summary>The choices that hold.</summary>
    public Choices Choices { get; }

    /// <summary>
    /// A line for each choice of a lower layer that no longer counts because a higher one changed what it was chosen for.
    /// </summary>
    public IReadOnlyList<Notice> Notices { get; }

    /// <summary>The recipe that is repeated, if that is what is wanted.</summary>
    internal RecipeLayer? Repeated { get; }

    /// <summary>The embedded demo, if that is what is wanted.</summary>
    public DemoFiles? Demo { get; }

    /// <summary>The clip; null for the demo's, or for a plan of a size.</summary>
    public string? Input => Choices.Get(ClipSettings.Clip);

    /// <summary>Folder of the image model.</summary>
    public string? Model => Choices.Get(ModelSettings.Model);

    /// <summary>File or folder of the motion modules.</summary>
    public string? Motion => Choices.Get(ModelSettings.Motion);

    /// <summary>Size of a model by formula, if there is to be one.</summary>
    public string? FakeWeights => Choices.Get(ModelSettings.FakeWeights);

    /// <summary>Height and width of the result over those of the clip.</summary>
    public double Upscale => Method.Upscale;

    /// <summary>Where to compute.</summary>
    public DeviceRequest Device => DeviceRequest.Of(Choices);

    /// <summary>Which frames of the clip are read, at what rate.</summary>
    public ClipChoice Clip => new()
    {
        Start = Choices.Get(ClipSettings.Start),
        End = Choices.Get(ClipSettings.End),
        Frames = Choices.Get(ClipSettings.Frames),
        Rate = Choices.Get(ClipSettings.Rate),
        AcceptsDamage = Choices.Get(ClipSettings.AcceptDamaged) == true,
    };

    /// <summary>How the result is written, beside what its name says.</summary>
    /// <exception cref="InputException">not as its name says</exception>
    public OutputStyle Style
    {
        get
        {
            var style = OutputSettings.StyleOf(Choices);
            return Choices.Get(OutputSettings.Output) is { } output ? OutputTarget.Of(output, style).Style : style;
        }
    }

    /// <summary>What the clip shows; the demo knows it.</summary>
    /// <exception cref="InputException">nobody said it, or the file of prompts or the folder of LoRAs cannot be used</exception>
    public PromptLoras Prompts => PromptsOr(FakeWeights is null ? null : "a clip");

    /// <summary>The method's choices over the paper's, without a model's own.</summary>
    private EvsConfig Method => Choices.ApplyTo(new EvsConfig());

    /// <summary>Whether the video model is asked.</summary>
    internal bool NeedsMotion => Method.NeedsMotion;

    /// <summary>What the clip shows, for a plan: it may do without.</summary>
    /// <param name="otherwise">the prompt if nobody said one; null if one is needed</param>
    /// <exception cref="InputException">as for <see cref="Prompts"/></exception>
    public PromptLoras PromptsOr(string? otherwise)
    {
        if (_prompts is not null) return _prompts;
        string? text = Choices.Get(ClipSettings.Prompt);
        var said = Repeated?.Prompts(Choices) is { } carried ? carried
            : Choices.Get(ClipSettings.PromptFile) is { } file ? ClipPrompts.Read(file)
            : text is null ? null
            : ClipPrompts.FromString(text);
        if (said is not null) return _prompts = Tagged(said);
        return Tagged(otherwise ?? throw new InputException(
            InputCode.NotGiven, "--prompt is missing: say what the clip shows, best in the words it was generated with"));
    }

    /// <summary>Opens the model's files.</summary>
    /// <exception cref="InputException">no model was named, or it cannot be used</exception>
    public ModelParts OpenModel()
    {
        bool needsMotion = Method.NeedsMotion;
        if (FakeWeights is { } size)
        {
            return Choices.Get(ModelSettings.Loras) is { Count: > 0 }
                ? throw new InputException(InputCode.Conflict, "--lora changes a model's files, and --fake-weights has none: leave one out")
                : FormulaModels.Open(size, needsMotion);
        }

        string folder = Model ?? Demo?.ModelFolder ?? throw new InputException(
            InputCode.NotGiven,
            "--model is missing: the folder of a Stable Diffusion 1.5 model (or --fake-weights sd15 to measure time, or --demo)");
        return ModelParts.Open(new ModelRequest(folder)
        {
            Motion = Motion,
            MotionKind = Choices.Get(ModelSettings.MotionKind),
            NeedsMotion = needsMotion,
            Vae = Choices.Get(ModelSettings.Vae),
            Tokenizer = Choices.Get(ModelSettings.Tokenizer),
            Loras = [.. Choices.Get(ModelSettings.Loras) ?? [], .. PromptsOr("").Loras],
            Threads = Device.Threads,
            Embeddings = Choices.Get(ModelSettings.Embeddings) ?? [],
        });
    }

    /// <summary>
    /// The method's choices: the paper's, over them the model's and the motion modules' habits, over them what was chosen.
    /// </summary>
    /// <exception cref="InputException">choices that make no sense together</exception>
    public EvsConfig Configure(ModelParts parts)
    {
        var config = Choices.ApplyTo(new EvsConfig { ImageScheduler = parts.ImageScheduler, Motion = parts.MotionProfile });
        Choices.Validate(config);
        return config;
    }

    /// <summary>What repeats the run on a device.</summary>
    /// <param name="held">the choices that hold: these, and those of a memory plan</param>
    /// <param name="config">the settings that hold</param>
    /// <param name="prompts">what the clip shows</param>
    /// <param name="device">what computes</param>
    /// <param name="stop">stops while inputs are hashed</param>
    internal Recipe RecipeOf(Choices held, EvsConfig config, PromptLoras prompts, Device device, CancellationToken stop)
    {
        var maker = new RecipeMaker(held, config)
        {
            Prompts = Choices.Says(ClipSettings.PromptFile) ? prompts.Given : null,
            TaggedLoras = prompts.Loras,
            DemoClip = Demo?.ClipFolder,
            Repeated = Repeated?.Recipe,
        };
        return maker.Make(device.Arithmetic, device.Precision == ElementType.Float16 ? "float16" : "float32", stop);
    }

    private PromptLoras Tagged(ClipPrompts prompts) => PromptLoras.Of(
        prompts, FakeWeights is null ? Choices.Get(ModelSettings.LoraFolder) : null, Choices.Get(ModelSettings.Loras) ?? []);

    /// <summary>Opens the clip. It is looked at the first time, and may be opened as often as it is needed.</summary>
    /// <exception cref="InputException">there is none, or it cannot be read</exception>
    internal IFrameReader OpenClip(CancellationToken stop) => Source(stop).Open(stop);

    /// <summary>The clip, looked at once.</summary>
    /// <exception cref="InputException">there is none, or it cannot be read</exception>
    internal ClipSource Source(CancellationToken stop)
    {
        string path = Demo?.ClipFolder ?? Input ?? throw new InputException(InputCode.NotGiven, NoClip);
        return _clip ??= ClipSource.Look(path, Clip, stop);
    }
}
