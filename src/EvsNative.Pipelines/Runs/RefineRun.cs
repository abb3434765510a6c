using System.Reflection;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// From a request to a refined clip in memory: read, foretell, load, run, measure. The clip is held twice, before and after, and otherwise
/// goes through frame by frame. Nothing is written here.
/// </summary>
/// <param name="request">what is to be done</param>
public sealed class RefineRun(RefineRequest request)
{
    /// <summary>The program's version, without the commit.</summary>
    public static string Version =>
        (typeof(RefineRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];

    /// <summary>Told where the run stands, in the run's own thread.</summary>
    public IProgress<RunStatus>? Progress { get; init; }

    /// <summary>Told at once of what does not stop a run, such as words that were cut off the prompt. The summary lists it too.</summary>
    public Action<Notice>? OnWarning { get; init; }

    /// <summary>Told in one line which device was chosen, and why not the ones before it.</summary>
    public Action<string>? OnDevice { get; init; }

    /// <summary>
    /// Told what will be written, once the clip is read and before anything else: the result's format and its frames. May throw.
    /// </summary>
    public Action<VideoFormat, int>? OnSize { get; init; }

    /// <summary>Does it.</summary>
    /// <param name="stop">stops it within a moment</param>
    /// <exception cref="InputException">something given cannot be used</exception>
    /// <exception cref="DeviceException">no device can be used</exception>
    /// <exception cref="OperationCanceledException">it was stopped</exception>
    public RefineResult Do(CancellationToken stop = default)
    {
        var clock = new RunClock(Progress);
        var notices = new NoticeLog(OnWarning);
        notices.Add(request.Notices);
        var prompts = request.Prompts;
        notices.Add(prompts.Notices);
        using var parts = request.OpenModel();
        notices.Add(parts.Notices);
        var config = request.Configure(parts);
        using var reader = request.OpenClip(stop);
        var given = reader.Format;
        var sizes = new FrameSizes(given.Width, given.Height, config.Upscale, config.UpscaleIn);
        notices.Add(reader.Notices);
        var seen = Read(reader, sizes);
        notices.Add(reader.Notices);
        OnSize?.Invoke(seen.Format with { Width = sizes.Width, Height = sizes.Height }, seen.Count);

        var made = Refine(parts, config, prompts.Words, seen, sizes, clock, notices, stop);
        var before = PixelResize.Bicubic(seen, sizes.Width, sizes.Height);
        notices.Add(ResultDoubts.Of(before, made.Frames));

        clock.Tell(RunPart.Measure, "both clips", 0);
        var clean = request.Demo is { } demo && (sizes.Width, sizes.Height) == (2 * given.Width, 2 * given.Height)
            ? FrameFiles.Read(demo.CleanFolder, cancellation: stop)
            : null;
        var summary = new RunSummary
        {
            Version = Version,
            Mode = MethodSettings.Mode.Print(config.Mode),
            Prompt = prompts.Given.ToString(),
            Seed = config.Seed,
            Settings = request.Choices.Tell(config),
            Input = new VideoInfo(reader.Source, seen.Count, given.Width, given.Height, given.Rate.ToString()),
            Output = VideoInfo.Of(made.Frames),
            Device = made.Device,
            PassedOver = made.PassedOver,
            Precision = made.Precision == ElementType.Float16 ? "float16" : "float32",
            PeakDeviceBytes = made.DeviceBytes,
            Before = VideoMeasures.Of(before, clean, stop),
            After = VideoMeasures.Of(made.Frames, clean, stop),
            Warnings = notices.All,
        };
        clock.Done("measure");
        return new RefineResult(before, made.Frames, summary, clock);
    }

    /// <summary>The frames as the networks will be given them, before padding.</summary>
    private static VideoFrames Read(IFrameReader reader, FrameSizes sizes)
    {
        FrameLimits.CheckKnown(reader, sizes);
        int most = FrameLimits.Fitting(sizes.Width, sizes.Height);
        bool isEnlarged = (sizes.SeenWidth, sizes.SeenHeight) != (reader.Format.Width, reader.Format.Height);
        var seen = VideoFrames.Read(isEnlarged ? new ResizingReader(reader, sizes.SeenWidth, sizes.SeenHeight) : reader, most + 1);
        FrameLimits.Check(seen.Count, reader.Source);
        FrameLimits.CheckBytes(new Shape(seen.Count, sizes.Height, sizes.Width, VideoFormat.Channels));
        return seen;
    }

    /// <summary>Opens the device, loads the networks and runs them; the device is given back at the end.</summary>
    private Made Refine(
        ModelParts parts, EvsConfig config, ClipPrompts prompts, VideoFrames seen, FrameSizes sizes, RunClock clock, NoticeLog notices,
        CancellationToken stop)
    {
        var clip = sizes.Networks(seen.Count);
        using var d = request.Device.Open(out var choice, device =>
        {
            device.Cancellation = stop;
            clock.Forecast = Forecast.Of(parts, clip, prompts, config, device);
            return clock.Forecast.Objection(device);
        });
        OnDevice?.Invoke(choice.Line);
        notices.Add(clock.Forecast!.Notices);
        clock.Done("read and plan");
        CompileKernels(d, clock);

        var pipeline =
            new EvsPipeline(EvsNetworks.Load(d, parts, (part, share) => clock.Tell(RunPart.Load, part, share))) { OnWarning = notices.Add };
        d.Reserve(clock.Forecast.ScratchBytes);
        clock.Done("load");

        var refined = clock.Forecast.Refined;
        var (width, height) = sizes.PartOf(refined);
        var format = seen.Format with { Width = sizes.Width, Height = sizes.Height };
        var resize = new PixelResize(width, height, sizes.Width, sizes.Height);
        byte[] part = new byte[width * height * VideoFormat.Channels];
        var after = new Memory<byte>[seen.Count];
        pipeline.Refine(
            d,
            (i, rgb) => FramePadding.Extend(seen.Frame(i), seen.Width, seen.Height, rgb, clip.W, clip.H),
            clip,
            (i, rgb) =>
            {
                byte[] frame = new byte[format.FrameBytes];
                FramePadding.Crop(rgb, refined.W, part, width, height);
                resize.Apply(part, frame);
                after[i] = frame;
            },
            prompts,
            config,
            clock);
        var frames = new VideoFrames(after, format, "the refined clip", [.. Enumerable.Range(0, seen.Count).Select(seen.StampOf)]);
        return new Made(frames, d.Description, choice.PassedOver, d.Precision, d.Caps is null ? null : d.PeakHeldBytes);
    }

    /// <summary>All kernels of the run before its first one: on all processors, where the device can.</summary>
    private static void CompileKernels(Device d, RunClock clock)
    {
        if (clock.Forecast!.Kernels is not { Count: > 0 } plan) return;
        d.Compile(plan, ready => clock.Tell(RunPart.Load, $"kernels, {ready} of {plan.Count}", (double)ready / plan.Count));
    }

    private sealed record Made(
        VideoFrames Frames, string Device, IReadOnlyList<string> PassedOver, ElementType Precision, long? DeviceBytes);
}
