using System.CommandLine;
using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using Spectre.Console;

namespace EvsNative.Cli;

/// <summary><c>evsnative plan</c>: stages, network calls, FLOPs and peak memory of a run, without running it.</summary>
internal static class PlanCommand
{
    private const int LargestSide = 16384;

    public static Command Create(CancellationToken stop)
    {
        var options = new RefineOptions();
        var size = new Option<string?>("--size") { Description = "width x height that the networks see, such as 1024x640, instead of a clip's" };
        var frames = new Option<int>("--frames") { Description = "frames, where there is no clip", DefaultValueFactory = _ => 16 };
        var json = new Option<bool>("--json") { Description = "for scripts: one JSON object on the output" };
        var command = new Command("plan", "Prints the stages, network calls, FLOPs and peak memory of a run without running it.") { size, frames, json };
        options.AddTo(command);
        command.SetAction(said => Run(options.Read(said), said.GetValue(size), said.GetValue(frames), said.GetValue(json), stop));
        return command;
    }

    private static int Run(RefineRequest request, string? size, int frames, bool json, CancellationToken stop)
    {
        using var parts = request.OpenModel();
        foreach (string line in parts.Assumptions) Faults.Say(line);
        var config = request.Configure(parts);
        var shape = SizeOf(request, config, size, frames, stop);
        using var device = request.Device.Open(out var choice);
        device.Cancellation = stop;
        var forecast = Forecast.Of(parts, shape, request.Prompt ?? "", config, device);
        long pass = PassFlops(parts, shape, forecast.SizeMultiple, stop);
        if (json) ScriptOutput.Write(Facts(config, shape, forecast, pass, device));
        else Print(config, shape, forecast, pass, choice.Line);
        return 0;
    }

    /// <summary>[F,H,W,3] that the networks see.</summary>
    private static Shape SizeOf(RefineRequest request, EvsConfig config, string? size, int frames, CancellationToken stop)
    {
        if (size is not null)
        {
            string[] sides = size.ToLowerInvariant().Split('x');
            if (sides.Length != 2 || !int.TryParse(sides[0], out int width) || !int.TryParse(sides[1], out int height) || width is < 8 or > LargestSide || height is < 8 or > LargestSide)
                throw new InputException($"--size {size}: width x height in pixels, such as 1024x640, each 8 to {LargestSide}");
            return new FrameSizes(width, height, 1, UpscaleIn.Pixels).Networks(frames);
        }

        if (request.Input is null && request.Demo is null) return new Shape(frames, 512, 512, VideoFormat.Channels);
        using var clip = request.OpenClip(stop);
        return new FrameSizes(clip.Format.Width, clip.Format.Height, request.Upscale, config.UpscaleIn).Networks(FrameLimits.Count(clip, config.Mode));
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

    private static void Print(EvsConfig config, Shape shape, Forecast forecast, long pass, string device)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("phase", "pieces of work");
        table.AddColumn(new TableColumn("TFLOP").RightAligned());
        foreach (var phase in forecast.Phases) table.AddRow(Markup.Escape(phase.Name), Number(phase.Events), Number(phase.Flops / 1e12, "F3"));
        Console.Out.WriteLine($"mode {RunSettings.Word(config.Mode)}: {string.Join(", ", EvsPlan.Build(config))}");
        Console.Out.WriteLine($"{shape.N} frames of {shape.W}x{shape.H}, {forecast.NetworkCalls} network calls on the whole clip");
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }).Write(table);
        Console.Out.WriteLine($"one U-Net pass on one frame   {Number(pass / 1e9, "F0")} GFLOP");
        Console.Out.WriteLine($"the whole run                 {Number(forecast.Flops / 1e12, "F3")} TFLOP");
        Console.Out.WriteLine($"device                        {device}");
        Console.Out.WriteLine($"weights                       {Size(forecast.WeightBytes)}");
        Console.Out.WriteLine($"activations, at most          {Size(forecast.ScratchBytes + forecast.TapeBytes)}");
        Console.Out.WriteLine($"peak memory of the process    {Size(forecast.PeakBytes)}");
    }

    private static object Facts(EvsConfig config, Shape shape, Forecast forecast, long pass, Device device) =>
        new
        {
            mode = RunSettings.Word(config.Mode),
            stages = EvsPlan.Build(config).Select(stage => stage.ToString()),
            frames = shape.N,
            width = shape.W,
            height = shape.H,
            networkCalls = forecast.NetworkCalls,
            unetPassFlops = pass,
            flops = forecast.Flops,
            phases = forecast.Phases.Select(phase => new { phase.Name, phase.Events, phase.Flops }),
            device = device.Description,
            weightBytes = forecast.WeightBytes,
            activationBytes = forecast.ScratchBytes + forecast.TapeBytes,
            peakBytes = forecast.PeakBytes,
        };

    private static string Number(double value, string format = "F0") => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Size(long bytes) => bytes < 1 << 30 ? $"{Number(bytes / 1048576.0)} MiB" : $"{Number(bytes / 1073741824.0, "F2")} GiB";
}
