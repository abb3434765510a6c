using System.Diagnostics;
using System.Reflection;
using EvsNative.Cli.Report;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;
using EvsNative.Pipelines.Storage;

namespace EvsNative.Cli;

/// <summary>A refined clip with what is known about its making.</summary>
/// <param name="Before">the clip that was given, at the size of the result</param>
/// <param name="After">the result</param>
/// <param name="Summary">device, settings, seconds, memory, measures</param>
internal sealed record RefineResult(Clip Before, Clip After, RunSummary Summary);

/// <summary>From a request to a refined clip in memory: read, foretell, load, run, measure. Nothing is written here.</summary>
internal sealed class RefineRun(RefineRequest request)
{
    /// <summary>Clips are padded to multiples of this and cropped back: the autoencoder's reduction.</summary>
    private const int SizeMultiple = 8;

    /// <summary>Frames, height and width of a clip as the networks see it, before padding.</summary>
    public static Shape NetworkSize(Clip clip, double upscale, EvsConfig config)
    {
        double scale = config.UpscaleIn == UpscaleIn.Pixels ? upscale : 1;
        return new Shape(clip.Frames, Scaled(clip.Height, scale), Scaled(clip.Width, scale), Clip.Channels);
    }

    /// <summary>The same, padded to what the autoencoder takes.</summary>
    public static Shape Padded(Shape size) => size with { H = Up(size.H), W = Up(size.W) };

    /// <summary>Does it.</summary>
    /// <param name="isQuiet">no progress bar</param>
    /// <param name="stop">cancelled by the user</param>
    /// <exception cref="InputException">something given cannot be used</exception>
    public RefineResult Do(bool isQuiet, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        string prompt = request.Prompt;
        using var parts = request.OpenModel();
        foreach (string line in parts.Assumptions) Faults.Say(line);
        var config = request.Configure(parts);

        var given = request.ReadClip(stop);
        FrameLimits.Check(given.Frames, FrameLimits.Most, given.Source);
        int width = Scaled(given.Width, request.Upscale), height = Scaled(given.Height, request.Upscale);
        FrameLimits.CheckBytes(new Shape(given.Frames, height, width, Clip.Channels));
        var before = PixelResize.Bicubic(given, width, height);
        var source = config.UpscaleIn == UpscaleIn.Pixels ? before : given;
        var start = FramePadding.ToMultiple(source, SizeMultiple);
        var shape = new Shape(start.Frames, start.Height, start.Width, Clip.Channels);

        Forecast? forecast = null;
        using var d = request.Device.Open(out var choice, device =>
        {
            forecast = Forecast.Of(parts, shape, prompt, config, device);
            return forecast.Objection(device);
        });
        if (!isQuiet && !Console.IsErrorRedirected) Faults.Say(choice.Line);
        d.Cancellation = stop;
        double reading = clock.Elapsed.TotalSeconds;
        var refinedShape = Forecast.RefinedShape(shape, forecast!.SizeMultiple, config.UpscaleIn == UpscaleIn.Latents ? config.Upscale : 1);
        byte[] pixels = new byte[refinedShape.Count];
        EvsPipeline? pipeline = null;
        var progress = RunProgress.Watch(
            forecast,
            isQuiet,
            tell =>
            {
                pipeline = new EvsPipeline(EvsNetworks.Load(d, parts, tell)) { OnWarning = Faults.Say };
                d.Reserve(forecast.ScratchBytes);
            },
            watch => pipeline!.Refine(d, start.Pixels, shape, pixels, prompt, config, watch));

        var after = WithoutPadding(start.With(pixels, refinedShape.H, refinedShape.W, "the refined clip"), source, start, width, height);
        var clean = request.Demo is { } demo && (width, height) == (2 * given.Width, 2 * given.Height) ? PngFolder.Read(demo.CleanFolder, cancellation: stop) : null;
        var summary = new RunSummary
        {
            Version = Version,
            Mode = MethodSettings.Mode.Print(config.Mode),
            Prompt = prompt,
            Seed = config.Seed,
            Settings = request.Choices.Tell(config),
            Input = ClipFacts.Of(given),
            Output = ClipFacts.Of(after),
            Device = d.Description,
            PassedOver = choice.PassedOver,
            Precision = d.Precision == ElementType.Float16 ? "float16" : "float32",
            Stages = [new StageSummary("read and plan", 0, reading), .. progress.Phases.Select(phase => StageOf(phase, config))],
            Before = ClipMeasures.Of(before, clean, stop),
            After = ClipMeasures.Of(after, clean, stop),
            Seconds = clock.Elapsed.TotalSeconds,
            // Systems that keep no peak say 0.
            PeakMemoryBytes = Math.Max(Process.GetCurrentProcess().PeakWorkingSet64, Environment.WorkingSet),
        };
        return new RefineResult(before, after, summary);
    }

    /// <summary>The program's version, without the commit.</summary>
    public static string Version =>
        (typeof(RefineRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];

    /// <summary>
    /// The part of the result that the padding has not become, at the size that was asked for: latents come in whole numbers, so a factor such as 1.5 is met by them only nearly.
    /// </summary>
    private static Clip WithoutPadding(Clip refined, Clip source, Clip padded, int width, int height)
    {
        int w = Scaled(source.Width, (double)refined.Width / padded.Width), h = Scaled(source.Height, (double)refined.Height / padded.Height);
        return PixelResize.Bicubic(FramePadding.Crop(refined, w, h), width, height);
    }

    /// <summary>Time with the steps of the stage, where the phase is one.</summary>
    private static StageSummary StageOf(PhaseTime phase, EvsConfig config)
    {
        int steps = phase.Stage is { } i && EvsPlan.Build(config)[i] is var stage ? stage.Steps + stage.Climb : 0;
        return new StageSummary(phase.Name, steps, phase.Seconds);
    }

    private static int Scaled(int size, double scale) => Math.Max(1, (int)Math.Round(size * scale));

    private static int Up(int size) => (size + SizeMultiple - 1) / SizeMultiple * SizeMultiple;
}
