using System.CommandLine;
using System.Globalization;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli;

/// <summary>What a clip is refined with, as words on the command line; <c>refine</c> and <c>plan</c> share them.</summary>
internal sealed class RefineOptions
{
    private readonly Argument<string?> _input = new("clip") { Arity = ArgumentArity.ZeroOrOne, Description = "a video that ffmpeg reads, or a folder of PNG frames" };
    private readonly Option<bool> _demo = new("--demo") { Description = "refine the embedded clip with the embedded model" };
    private readonly Option<string?> _model = Text("--model", "folder of a Stable Diffusion 1.5 model (diffusers layout, safetensors)");
    private readonly Option<string?> _motion = Text("--motion", "motion modules: a safetensors file or a folder; the model's own motion_adapter unless given");
    private readonly Option<string?> _fakeWeights = Text("--fake-weights", "weights by formula instead of a model, for timing: sd15 or tiny");
    private readonly Option<string?> _prompt = Text("--prompt", "what the clip shows");
    private readonly Option<string?> _negative = Text("--negative", "what it does not show");
    private readonly Option<string?> _mode = Text("--mode", "evs (default), t2i, t2v, t2i+t2v or t2v+t2i");
    private readonly Option<ulong?> _seed = new("--seed") { Description = "the noise is a function of it; 0 unless given" };
    private readonly Option<double?> _strength = new("--strength") { Description = "share of the image model's steps that are done, t_I / T_I; 0.4 unless given" };
    private readonly Option<int?> _imageSteps = Number("--image-steps", "T_I, steps of the image model's schedule; 50 unless given");
    private readonly Option<int?> _imageStart = Number("--image-start", "t_I, the image model's first step, instead of --strength");
    private readonly Option<int?> _insertion = Number("--insert-at", "t_T2V, the image model's step at which the video model takes over; half of t_I unless given");
    private readonly Option<int?> _videoSteps = Number("--video-steps", "T_V, steps of the video model's schedule; the motion modules' own unless given");
    private readonly Option<int?> _videoStart = Number("--video-start", "t_V, the video model's first step; half of T_V unless given");
    private readonly Option<int?> _videoCalls = Number("--video-calls", "n_V, steps of the encapsulated video block; 2 unless given");
    private readonly Option<double?> _guidance = new("--guidance") { Description = "guidance of the image model; 7.5 unless given, 1 for none" };
    private readonly Option<double?> _videoGuidance = new("--video-guidance") { Description = "guidance of the video model; the motion modules' own unless given" };
    private readonly Option<string?> _bridge = Text("--bridge", "how the image model goes on after the video block: repeat (default), next or direction");
    private readonly Option<string?> _entry = Text("--entry", "how the video model is entered: noise (default) or invert");
    private readonly Option<string?> _noise = Text("--noise", "own for each frame (default), shared by all, or a share of shared noise, 0 to 1");
    private readonly Option<bool> _reuseNoise = new("--reuse-noise") { Description = "the image model gets its first noise again when it goes on" };
    private readonly Option<string?> _sfi = Text("--sfi", "selective feature injection: none (default), deep, shallow or full");
    private readonly Option<string?> _sfiAttentions = Text("--sfi-attentions", "self-attentions on the way up by number, such as 0,1,2, instead of the preset's");
    private readonly Option<string?> _sfiConvs = Text("--sfi-convs", "resnets on the way up by number, instead of the preset's");
    private readonly Option<double?> _gamma = new("--gamma") { Description = "weight of the recorded queries, 0 to 1, instead of the preset's" };
    private readonly Option<string?> _imageSampler = Text("--image-sampler", "ddim (default), euler or lcm");
    private readonly Option<string?> _videoSampler = Text("--video-sampler", "ddim, euler or lcm; the motion modules' own unless given");
    private readonly Option<int?> _clipSkip = Number("--clip-skip", "layers of the text encoder left out at its end");
    private readonly Option<bool> _normPerFrame = new("--norm-per-frame") { Description = "motion modules normalise each frame alone, as the original AnimateDiff does" };
    private readonly Option<double?> _upscale = new("--upscale") { Description = "height and width of the result over those of the clip; 2 unless given" };
    private readonly Option<string?> _upscaleIn = Text("--upscale-in", "pixels (default, bicubic) or latents (video model at the clip's own size)");
    private readonly Option<int?> _framesPerPass = Number("--frames-per-pass", "frames that the image model and the autoencoder see at a time: fewer take less memory, the result is the same");
    private readonly DeviceWords _device = new();
    private readonly Option<string?> _fps = Text("--fps", "frames a second of a folder of frames, such as 12.5 or 30000/1001; 8 unless given");

    /// <summary>Adds the words to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_input);
        foreach (var option in new Option[]
        {
            _demo, _prompt, _negative, _model, _motion, _fakeWeights, _mode, _seed, _upscale, _upscaleIn, _strength, _imageSteps, _imageStart, _insertion,
            _videoSteps, _videoStart, _videoCalls, _guidance, _videoGuidance, _bridge, _entry, _noise, _reuseNoise, _sfi, _sfiAttentions, _sfiConvs, _gamma,
            _imageSampler, _videoSampler, _clipSkip, _normPerFrame, _framesPerPass, _fps,
        })
        {
            command.Options.Add(option);
        }

        _device.AddTo(command);
    }

    /// <summary>What was said.</summary>
    /// <exception cref="InputException">words that do not go together, or one that is not known</exception>
    public RefineRequest Read(ParseResult said)
    {
        bool demo = said.GetValue(_demo);
        string? input = said.GetValue(_input), model = said.GetValue(_model), fake = said.GetValue(_fakeWeights);
        if (demo && input is not null) throw new InputException("--demo brings its own clip: leave the clip or --demo out");
        if (fake is not null && (model is not null || said.GetValue(_motion) is not null)) throw new InputException("--fake-weights replaces --model and --motion: give one or the other");
        return new RefineRequest
        {
            Input = input,
            Demo = demo ? DemoFiles.Open() : null,
            Model = model,
            Motion = said.GetValue(_motion),
            FakeWeights = fake,
            Prompt = said.GetValue(_prompt),
            Upscale = said.GetValue(_upscale) ?? 2,
            Device = _device.Read(said),
            Rate = said.GetValue(_fps) is { } fps ? RateOf(fps) : null,
            Choose = config => Apply(said, config),
        };
    }

    /// <summary>The method's choices, where something was said.</summary>
    private EvsConfig Apply(ParseResult said, EvsConfig c)
    {
        if (said.GetValue(_mode) is { } mode) c = c with { Mode = EvsWords.Mode(mode) };
        if (said.GetValue(_negative) is { } negative) c = c with { NegativePrompt = negative };
        if (said.GetValue(_seed) is { } seed) c = c with { Seed = seed };
        if (said.GetValue(_strength) is { } strength) c = c with { Strength = strength };
        if (said.GetValue(_imageSteps) is { } imageSteps) c = c with { ImageSteps = imageSteps };
        if (said.GetValue(_imageStart) is { } imageStart) c = c with { ImageStart = imageStart };
        if (said.GetValue(_insertion) is { } insertion) c = c with { Insertion = insertion };
        if (said.GetValue(_videoSteps) is { } videoSteps) c = c with { VideoSteps = videoSteps };
        if (said.GetValue(_videoStart) is { } videoStart) c = c with { VideoStart = videoStart };
        if (said.GetValue(_videoCalls) is { } videoCalls) c = c with { VideoCalls = videoCalls };
        if (said.GetValue(_guidance) is { } guidance) c = c with { ImageGuidance = guidance };
        if (said.GetValue(_videoGuidance) is { } videoGuidance) c = c with { VideoGuidance = videoGuidance };
        if (said.GetValue(_bridge) is { } bridge) c = c with { Bridge = EvsWords.Bridge(bridge) };
        if (said.GetValue(_entry) is { } entry) c = c with { VideoEntry = EvsWords.Entry(entry) };
        if (said.GetValue(_noise) is { } noise) c = c with { SharedNoise = Shared(noise) };
        if (said.GetValue(_reuseNoise)) c = c with { ReuseNoise = true };
        if (said.GetValue(_imageSampler) is { } imageSampler) c = c with { ImageSampler = Samplers.Parse(imageSampler) };
        if (said.GetValue(_videoSampler) is { } videoSampler) c = c with { VideoSampler = Samplers.Parse(videoSampler) };
        if (said.GetValue(_clipSkip) is { } clipSkip) c = c with { ClipSkip = clipSkip };
        if (said.GetValue(_normPerFrame)) c = c with { NormAcrossFrames = false };
        if (said.GetValue(_framesPerPass) is { } framesPerPass) c = c with { FramesPerPass = framesPerPass };
        if (said.GetValue(_upscaleIn) is { } upscaleIn) c = c with { UpscaleIn = EvsWords.UpscaleIn(upscaleIn) };
        var sfi = new SfiConfig(
            said.GetValue(_sfi) is { } preset ? EvsWords.Sfi(preset) : SfiPreset.None,
            Numbers("--sfi-attentions", said.GetValue(_sfiAttentions)),
            Numbers("--sfi-convs", said.GetValue(_sfiConvs)),
            said.GetValue(_gamma));
        return c with { Upscale = said.GetValue(_upscale) ?? 2, Sfi = sfi };
    }

    private static Rational RateOf(string word)
    {
        const int Parts = 1000;
        var rate = Rational.Parse(word);
        if (rate is null && double.TryParse(word, CultureInfo.InvariantCulture, out double number) && number is > 0 and < 1e6) rate = new Rational(Math.Max(1, (int)Math.Round(number * Parts)), Parts);
        return rate is { Value: >= 0.1 and <= 1000 } ? rate.Value : throw new InputException($"--fps {word}: frames a second, 0.1 to 1000, such as 12.5 or 30000/1001");
    }

    private static double Shared(string word) => word.ToLowerInvariant() switch
    {
        "own" => 0,
        "shared" => 1,
        _ when double.TryParse(word, CultureInfo.InvariantCulture, out double share) => share,
        _ => throw new InputException($"--noise {word}: own, shared or a number from 0 to 1"),
    };

    private static int[]? Numbers(string option, string? list)
    {
        if (list is null) return null;
        string[] words = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. words.Select(word => int.TryParse(word, CultureInfo.InvariantCulture, out int n) ? n : throw new InputException($"{option} {list}: numbers with commas between, such as 0,1,2"))];
    }

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static Option<int?> Number(string name, string description) => new(name) { Description = description };
}
