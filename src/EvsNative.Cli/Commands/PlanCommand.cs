using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EvsNative.Kernels;
using EvsNative.Kernels.Cards;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;
using Spectre.Console;

namespace EvsNative.Cli;

/// <summary><c>evsnative plan</c>: stages, network calls, FLOPs and peak memory of a run, without running it.</summary>
internal static class PlanCommand
{
    /// <summary>As it is called, and what the program's help says of it.</summary>
    public const string Name = "plan", About = "Prints the stages, network calls, FLOPs and peak memory of a run without running it.";

    public static Command Create(NoticeLog told, CancellationToken stop)
    {
        var command = new Command(Name, About);
        var options = new SettingOptions(command, SettingTable.Planned);
        command.SetAction(said =>
        {
            var request = new UserLayers(options.Read(said), told).Request();
            return WithinReach.Do(() => Run(request, told, stop), stop);
        });
        return command;
    }

    private static int Run(RefineRequest request, NoticeLog told, CancellationToken stop)
    {
        var notices = new NoticeLog(notice =>
        {
            told.Add(notice);
            Faults.Say(notice.Message);
        });
        notices.Add(request.Notices);
        var prompts = request.PromptsOr("");
        notices.Add(prompts.Notices);
        using var parts = request.OpenModel();
        notices.Add(parts.Notices);
        var config = request.Configure(parts);
        var shape = SizeOf(request, config, notices, stop);
        var card = request.Choices.Get(PlanSettings.On);
        var (device, line) = Open(request, card);
        using var opened = device;
        device.Cancellation = stop;
        var planner = new MemoryPlanner(parts, shape, prompts.Words, config, request.Choices);
        if (planner.Choose(device) is { } objection) notices.Add(new Notice(NoticeCode.Planned, objection));
        var forecast = planner.Forecast;
        config = planner.Config;
        notices.Add(planner.Notices);
        notices.Add(forecast.Notices);
        if (request.Choices.Says(DeviceSettings.MaxMemory)) planner.WeighAll();
        long pass = PassFlops(parts, shape, forecast.SizeMultiple, stop);
        var prediction = card is null ? null : new PlanPrediction(card, forecast);
        if (request.Choices.Get(OutputSettings.Json) == true)
            ScriptOutput.Write(Facts(config, shape, planner, pass, device, prediction, notices.All));
        else Print(config, shape, planner, pass, line, prediction);
        return 0;
    }

    /// <summary>The device that the run is planned for, and a line about it; one that does nothing for a card that is not here.</summary>
    private static (Device Device, string Line) Open(RefineRequest request, GpuCard? card)
    {
        if (card is null) return (request.Device.Open(out var choice), choice.Line);
        if (request.Choices.Said.Contains(DeviceSettings.Device))
            throw new InputException(InputCode.Conflict, "--on is a card that is not here, --device one that is: leave one out");
        var precision = request.Device.Precision ?? ElementType.Float16;
        string stored = precision == ElementType.Float16 ? "fp16" : "fp32";
        return (card.OpenDry(precision), $"{card.Caps.Name}, {stored}, which is not here");
    }

    /// <summary>[F,H,W,3] that the networks see.</summary>
    private static Shape SizeOf(RefineRequest request, EvsConfig config, NoticeLog notices, CancellationToken stop)
    {
        int frames = request.Choices.Get(ClipSettings.Frames) ?? PlanSettings.UsualFrames;
        if (request.Choices.Get(PlanSettings.Size) is { } size)
            return new FrameSizes(size.Width, size.Height, 1, UpscaleIn.Pixels).Networks(frames);
        if (request.Input is null && request.Demo is null) return new Shape(frames, 512, 512, VideoFormat.Channels);
        using var clip = request.OpenClip(stop);
        var sizes = new FrameSizes(clip.Format.Width, clip.Format.Height, config.Upscale, config.UpscaleIn);
        FrameLimits.CheckKnown(clip, sizes);
        int counted = FrameLimits.Count(clip);
        notices.Add(clip.Notices);
        return sizes.Networks(counted);
    }

    /// <summary>FLOPs of one pass of the image model's U-Net on one frame.</summary>
    private static long PassFlops(ModelParts parts, Shape shape, int multiple, CancellationToken stop)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true));
        d.Cancellation = stop;
        var networks = EvsNetworks.Load(d, parts);
        UNetPass.Run(d, networks, new Shape(1, shape.H / multiple, shape.W / multiple, networks.LatentChannels));
        return d.Counting!.TotalFlops;
    }

    private static void Print(EvsConfig config, Shape shape, MemoryPlanner planner, long pass, string device, PlanPrediction? prediction)
    {
        var forecast = planner.Forecast;
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("phase", "pieces of work");
        string[] numbers = ["TFLOP", .. prediction is null ? [] : PlanPrediction.Columns];
        foreach (string column in numbers) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var phase in forecast.Phases)
        {
            table.AddRow(
            [
                Markup.Escape(phase.Name), Number(phase.Events), Number(phase.Flops / 1e12, "F3"), .. prediction?.Cells(phase) ?? [],
            ]);
        }

        Screen.Show(
            $"mode {MethodSettings.Mode.Print(config.Mode)}: {string.Join(", ", EvsPlan.Build(config))}",
            $"{shape.N} frames of {shape.W}x{shape.H}, {forecast.NetworkCalls} network calls on the whole clip"
            + Cut(config, shape, forecast));
        Screen.Draw(console => console.Write(table));
        Screen.Show(
            $"one U-Net pass on one frame   {Number(pass / 1e9, "F0")} GFLOP",
            $"the whole run                 {Number(forecast.Flops / 1e12, "F3")} TFLOP",
            $"device                        {device}",
            $"weights                       {Size(forecast.WeightBytes)}",
            $"activations, at most          {Size(forecast.ScratchBytes + forecast.TapeBytes)}",
            $"peak memory of the process    {Size(forecast.PeakBytes)}");
        Screen.Show(PlanMemory.Lines(planner));
        if (planner.Weighed.Count > 1) Screen.Draw(console => console.Write(PlanMemory.Table(planner)));
        if (prediction is not null) Screen.Show(prediction.Lines);
    }

    /// <summary>How the video model's calls are cut, if they are.</summary>
    private static string Cut(EvsConfig config, Shape shape, Forecast forecast)
    {
        if (!config.NeedsMotion) return "";
        var windows = config.Windows(forecast.MaxFrames);
        return shape.N <= windows.Length
            ? ""
            : $"; the video model's in windows of {windows.Length} frames that share {windows.Overlap} or more";
    }

    private static object Facts(
        EvsConfig config, Shape shape, MemoryPlanner planner, long pass, Device device, PlanPrediction? prediction,
        IReadOnlyList<Notice> warnings) =>
        new
        {
            mode = MethodSettings.Mode.Print(config.Mode),
            stages = EvsPlan.Build(config).Select(stage => stage.ToString()),
            frames = shape.N,
            width = shape.W,
            height = shape.H,
            motion = config.NeedsMotion ? Motion(config, planner.Forecast.MaxFrames) : null,
            networkCalls = planner.Forecast.NetworkCalls,
            unetPassFlops = pass,
            flops = planner.Forecast.Flops,
            phases = planner.Forecast.Phases.Select(phase => new { phase.Name, phase.Events, phase.Flops }),
            device = device.Description,
            weightBytes = planner.Forecast.WeightBytes,
            activationBytes = planner.Forecast.ScratchBytes + planner.Forecast.TapeBytes,
            peakBytes = planner.Forecast.PeakBytes,
            memory = PlanMemory.Facts(planner),
            prediction = prediction?.Facts,
            warnings = Faults.Words(warnings),
        };

    /// <summary>How the motion modules are sampled: their own habits, and what was chosen in their place.</summary>
    private static object Motion(EvsConfig config, int frames) => new
    {
        kind = config.Motion.Name,
        sampler = Word(config.VideoSampler),
        steps = config.VideoSteps,
        spacing = Word(config.Motion.Scheduler.TimestepSpacing),
        betas = Word(config.Motion.Scheduler.BetaSchedule),
        guidance = config.VideoGuidance,
        window = config.Windows(frames).Length,
        mostFrames = frames,
    };

    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName($"{value}");

    private static string Number(double value, string format = "F0") => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Size(long bytes) =>
        bytes < 1 << 30 ? $"{Number(bytes / 1048576.0)} MiB" : $"{Number(bytes / 1073741824.0, "F2")} GiB";
}
