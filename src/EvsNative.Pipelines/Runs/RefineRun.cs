using System.Diagnostics;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Preview;
using EvsNative.Pipelines.Recipes;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// From a request to a refined clip: look through the clip, foretell, load, run, and write each frame as it is done. The clip is read frame
/// by frame, three times (looked through, refined, measured beside the result), so that memory does not grow with its length but for its
/// latents.
/// </summary>
/// <param name="request">what is to be done</param>
public sealed class RefineRun(RefineRequest request)
{
    /// <summary>The program's version, without the commit.</summary>
    public static string Version => ProgramVersion.Text;

    /// <summary>Told where the run stands, in the run's own thread.</summary>
    public IProgress<RunStatus>? Progress { get; init; }

    /// <summary>Told at once of what does not stop a run, such as words that were cut off the prompt. The summary lists it too.</summary>
    public Action<Notice>? OnWarning { get; init; }

    /// <summary>Told in one line which device was chosen, and why not the ones before it; in another, what memory the run needs.</summary>
    public Action<string>? OnDevice { get; init; }

    /// <summary>Keeps the model loaded for the next run; without it the model is given back at the end.</summary>
    public ModelSession? Session { get; init; }

    /// <summary>
    /// Told what will be written, once the clip was looked through and before anything else: the result's format and its frames. May throw.
    /// </summary>
    public Action<VideoFormat, int>? OnSize { get; init; }

    /// <summary>
    /// Refines the clip into a video or a folder of frames, as
    /// <see cref="FrameFiles.Create(string, VideoFormat, bool, OutputStyle, CancellationToken)"/> writes them. It appears when it is whole;
    /// if its place
    /// was taken meanwhile it gets a free name beside it.
    /// </summary>
    /// <param name="path">where it is to be</param>
    /// <param name="force">replace what is there, if it is of the same kind</param>
    /// <param name="stop">stops it within a moment; nothing is left then</param>
    /// <returns>what there is to know, such as where the result is and what the measures say</returns>
    /// <exception cref="InputException">something given cannot be used, or the result cannot be written</exception>
    /// <exception cref="DeviceException">no device can be used</exception>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    public RunSummary Write(string path, bool force = false, CancellationToken stop = default)
    {
        FrameFiles.CheckWritable(path, force, request.Style);
        using var clip = Encode(path, force, null, stop);
        return clip.Place();
    }

    /// <summary>The same into a writer of the caller's: it gets each frame as it is done.</summary>
    /// <param name="open">makes the writer for the result's format, when the first frame is there; it is disposed of here</param>
    /// <param name="stop">stops it within a moment</param>
    /// <returns>what there is to know</returns>
    /// <exception cref="InputException">something given cannot be used, or the result cannot be written</exception>
    /// <exception cref="DeviceException">no device can be used</exception>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    public RunSummary Write(Func<VideoFormat, IFrameWriter> open, CancellationToken stop = default)
    {
        using var clip = Make((format, _) => open(format), FramesInMemory.Name, null, null, stop);
        return clip.Place();
    }

    /// <summary>The same into memory, for short clips: a frame of 1024x1024 takes 3 MB there.</summary>
    /// <param name="stop">stops it within a moment</param>
    /// <exception cref="InputException">something given cannot be used</exception>
    /// <exception cref="DeviceException">no device can be used</exception>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    public RefineResult Do(CancellationToken stop = default)
    {
        FramesInMemory? memory = null;
        using var clip = Make((format, _) => memory = new FramesInMemory(format), FramesInMemory.Name, null, null, stop);
        return new RefineResult(memory!.Video, clip.Made);
    }

    /// <summary>
    /// Up to the moment before the clip appears, so that what belongs to it can appear together with it. That the place could be had was
    /// asked before; if it no longer can, the clip gets another name.
    /// </summary>
    /// <param name="path">where it is to be</param>
    /// <param name="force">replace what is there, if it is of the same kind</param>
    /// <param name="watcher">sees each frame beside the clip's own</param>
    /// <param name="stop">stops it within a moment</param>
    /// <exception cref="InputException">something given cannot be used, or the result cannot be written</exception>
    /// <exception cref="DeviceException">no device can be used</exception>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    internal PendingClip Encode(string path, bool force, IPairWatcher? watcher, CancellationToken stop)
    {
        var work = new RunWork(request, path, OnWarning);
        return work.Guard(() => Make(
            (format, style) => work.IsWriter
                ? FrameFiles.Create(path, format, force, wasAsked: true, style, stop)
                : new NoWriter(format, path),
            path, watcher, work, stop));
    }

    private PendingClip Make(
        Func<VideoFormat, OutputStyle, IFrameWriter> open, string name, IPairWatcher? watcher, RunWork? work, CancellationToken stop)
    {
        var clock = new RunClock(Progress);
        var notices = new NoticeLog(OnWarning);
        notices.Add(request.Notices);
        var prompts = request.Prompts;
        notices.Add(prompts.Notices);
        using var own = Session is null ? new ModelSession() : null;
        var session = Session ?? own!;
        var parts = session.Open(request);
        notices.Add(parts.Notices);
        var config = request.Configure(parts);
        var (clip, sizes) = LookThrough(config, clock, notices, stop);
        var format = clip.Format with { Width = sizes.Width, Height = sizes.Height };
        OnSize?.Invoke(format, clip.Count);
        // What ffmpeg cannot encode is not found out after hours.
        if (work is not null) FrameFiles.CheckEncoder(name, format, request.Style, stop);

        using var given = new ClipFrames(() => request.OpenClip(stop), clip, sizes.Width, sizes.Height);
        using var clean = Clean(clip, sizes, stop);
        Made? made = null;
        Recipe? recipe = null;
        OutputStyle Style() => request.Style with { Origin = clip.Origin, Recipe = recipe!.ToLine() };
        using var result = new ResultStream(to => open(to, Style()), format, clip.Stamps, given, clean, watcher, stop);
        try
        {
            made = Refine(session, parts, config, prompts, clip, sizes, result, work, clock, notices, told => recipe = told, stop);
        }
        catch
        {
            // What a run that failed left on the device is nothing to go on with.
            session.Close();
            throw;
        }

        clock.Tell(RunPart.Write, name, 0);
        result.Finish();
        clock.Written();
        clock.Tell(RunPart.Write, name, 1);
        notices.Add(result.Notices);

        var summary = new RunSummary
        {
            Version = Version,
            Mode = MethodSettings.Mode.Print(config.Mode),
            Prompt = prompts.Given.ToString(),
            Seed = config.Seed,
            Settings = made.Planner.Plan.Over(request.Choices).Tell(made.Planner.Config),
            Input = new VideoInfo(clip.Source, clip.Count, clip.Format.Width, clip.Format.Height, clip.Format.Rate.ToString()),
            Output = new VideoInfo(FramesInMemory.Name, clip.Count, format.Width, format.Height, format.Rate.ToString())
            {
                Hash = result.Hash,
            },
            Recipe = recipe,
            Device = made.Device,
            PassedOver = made.PassedOver,
            Precision = recipe!.Precision,
            PeakDeviceBytes = made.DeviceBytes,
            Memory = clock.Forecast!.Shares,
            MemoryPlan = $"{made.Planner.Plan}",
            Before = result.Before,
            After = result.After,
            Series = result.Series,
            Warnings = notices.All,
        };
        return new PendingClip(result.Release(), () => summary with
        {
            Stages = [.. clock.Stages],
            Seconds = clock.Stages.Sum(stage => stage.Seconds),
            // Systems that keep no peak say 0.
            PeakMemoryBytes = Math.Max(Process.GetCurrentProcess().PeakWorkingSet64, Environment.WorkingSet),
        }, work?.Store, work?.KeepsFolder == true);
    }

    /// <summary>Reads the clip to its end and forgets its pictures: what is wrong with it is known before any work.</summary>
    private (KnownClip Clip, FrameSizes Sizes) LookThrough(EvsConfig config, RunClock clock, NoticeLog notices, CancellationToken stop)
    {
        using var reader = request.OpenClip(stop);
        notices.Add(reader.Notices);
        var sizes = new FrameSizes(reader.Format.Width, reader.Format.Height, config.Upscale, config.UpscaleIn);
        FrameLimits.CheckKnown(reader, sizes);
        var clip = KnownClip.Of(
            reader,
            FrameLimits.MostFrames,
            read => clock.Tell(RunPart.Read, reader.Source, reader.Frames is { } all ? read / (double)all : 0));
        FrameLimits.Check(clip.Count, clip.Source);
        FrameLimits.CheckBytes(new Shape(clip.Count, sizes.Height, sizes.Width, VideoFormat.Channels));
        notices.Add(reader.Notices);
        return (clip, sizes);
    }

    /// <summary>What the demo's clip should have been, where the result is comparable with it.</summary>
    private ClipFrames? Clean(KnownClip clip, FrameSizes sizes, CancellationToken stop)
    {
        if (request.Demo is not { } demo) return null;
        IFrameReader Open() => FrameFiles.Open(demo.CleanFolder, cancellation: stop);
        using var reader = Open();
        var clean = new KnownClip(reader.Source, reader.Format, null, clip.Stamps);
        bool isAlike = (reader.Frames, reader.Format.Width, reader.Format.Height) == (clip.Count, sizes.Width, sizes.Height);
        return isAlike ? new ClipFrames(Open, clean, sizes.Width, sizes.Height) : null;
    }

    /// <summary>Opens the device, loads the networks and runs them.</summary>
    private Made Refine(
        ModelSession session, ModelParts parts, EvsConfig config, PromptLoras prompts, KnownClip clip, FrameSizes sizes,
        ResultStream result, RunWork? work, RunClock clock, NoticeLog notices, Action<Recipe> onRecipe, CancellationToken stop)
    {
        var shape = sizes.Networks(clip.Count);
        var earlier = work?.Earlier(config);
        var held = earlier?.Over(request.Choices) ?? request.Choices;
        var planner = new MemoryPlanner(parts, shape, prompts.Words, held.ApplyTo(config), held)
        {
            KeepsNumbers = earlier is not null,
        };
        var (d, choice) = session.OpenDevice(request, planner.Choose, stop);
        OnDevice?.Invoke(choice.Line);
        notices.Add(planner.Forecast.Notices);
        while (true)
        {
            OnDevice?.Invoke(planner.Line);
            notices.Add(planner.Notices);
            try
            {
                return Refine(session, planner, d, choice, prompts, clip, sizes, result, work, clock, notices, onRecipe, stop);
            }
            catch (Exception e) when (e is DeviceMemoryException or OutOfMemoryException && planner.Shrink(keepsNumbers: result.Added > 0))
            {
                notices.Add(new Notice(NoticeCode.Planned, $"{e.Message.Split('\n')[0]}: begins again with {planner.Plan}"));
                session.CloseDevice();
                (d, choice) = session.OpenDevice(request, _ => null, stop);
            }
        }
    }

    private Made Refine(
        ModelSession session, MemoryPlanner planner, Device d, DeviceChoice choice, PromptLoras prompts, KnownClip clip, FrameSizes sizes,
        ResultStream result, RunWork? work, RunClock clock, NoticeLog notices, Action<Recipe> onRecipe, CancellationToken stop)
    {
        var (shape, config) = (sizes.Networks(clip.Count), planner.Config);
        clock.Forecast = planner.Forecast;
        var held = planner.Plan.Over(request.Choices);
        var recipe = request.RecipeOf(held, config, prompts, d, stop);
        onRecipe(recipe);
        if (request.Repeated?.Difference(recipe) is { } difference) notices.Add(difference);
        var store = work?.Open(held, config, shape, d, recipe, stop);
        (clock.Frames, clock.Device) = (clip.Count, d);
        clock.Done("read and plan");
        CompileKernels(d, clock);

        var networks = session.Load((part, share) => clock.Tell(RunPart.Load, part, share), planner.Plan.Weights);
        var pipeline = new EvsPipeline(networks) { OnWarning = notices.Add, Store = store };
        d.Reserve(clock.Forecast.ScratchBytes);
        clock.Done("load");

        using var frames = new ClipFrames(() => request.OpenClip(stop), clip, sizes.SeenWidth, sizes.SeenHeight);
        byte[] seen = new byte[sizes.SeenHeight * sizes.SeenWidth * VideoFormat.Channels];
        var previews = Preview(networks, d, frames, sizes, clip, shape, config.VaeTiling, notices);
        var refined = clock.Forecast.Refined;
        var (width, height) = sizes.PartOf(refined);
        var resize = new PixelResize(width, height, sizes.Width, sizes.Height);
        byte[] part = new byte[width * height * VideoFormat.Channels];
        pipeline.Refine(
            d,
            (i, rgb) =>
            {
                frames.Read(i, seen);
                FramePadding.Extend(seen, sizes.SeenWidth, sizes.SeenHeight, rgb, shape.W, shape.H);
            },
            shape,
            (i, rgb) =>
            {
                // A run that began again gives frames that are there already.
                if (i < result.Added) return;
                byte[] frame = clock.Waiting(result.Rent);
                FramePadding.Crop(rgb, refined.W, part, width, height);
                resize.Apply(part, frame);
                result.Add(i, frame);
            },
            prompts.Words,
            config,
            previews is null ? clock : new PreviewedProgress(clock, previews, d));
        return new Made(d.Description, choice.PassedOver, d.Precision, d.Caps is null ? null : d.PeakHeldBytes, planner);
    }

    /// <summary>Previews, if they are wanted: their colours are learned from the first frame.</summary>
    private PreviewWriter? Preview(
        EvsNetworks networks, Device d, ClipFrames frames, FrameSizes sizes, KnownClip clip, Shape shape, int tileRows, NoticeLog notices)
    {
        if (request.Choices.Get(WatchSettings.Preview) is not { } folder) return null;
        byte[] seen = new byte[sizes.SeenHeight * sizes.SeenWidth * VideoFormat.Channels];
        byte[] first = new byte[shape.Pixels * shape.C];
        frames.Read(0, seen);
        FramePadding.Extend(seen, sizes.SeenWidth, sizes.SeenHeight, first, shape.W, shape.H);
        using var scope = d.Enter("preview");
        var one = shape with { N = 1 };
        var latents = d.Rent(networks.LatentShape(one));
        new EvsPipeline(networks).Encode(d, (_, rgb) => first.CopyTo(rgb), one, latents, tileRows: tileRows);
        int factor = shape.H / latents.Shape.H;
        var colours = LatentColours.Fit(d.Download(latents), latents.Shape, first, factor);
        return new PreviewWriter(folder, colours, clip.Format.Rate, notices.Add);
    }

    /// <summary>All kernels of the run before its first one: on all processors, where the device can.</summary>
    private static void CompileKernels(Device d, RunClock clock)
    {
        if (clock.Forecast!.Kernels is not { Count: > 0 } plan) return;
        d.Compile(plan, ready => clock.Tell(RunPart.Load, $"kernels, {ready} of {plan.Count}", (double)ready / plan.Count));
    }

    private sealed record Made(
        string Device, IReadOnlyList<string> PassedOver, ElementType Precision, long? DeviceBytes, MemoryPlanner Planner);
}
