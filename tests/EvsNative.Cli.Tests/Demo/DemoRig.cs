using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Demo;

/// <summary>The embedded model, loaded once, with the embedded clip encoded and what the reference made of it.</summary>
public sealed class DemoRig : IDisposable
{
    private readonly ModelParts _parts;
    private readonly DemoFiles _files = DemoFiles.Open();
    private readonly SafetensorsFile _expected = SafetensorsFile.Open(Repository.File("weights", "demo", "expected.safetensors"));

    public DemoRig() : this(TestDevices.Cpu) { }

    /// <param name="device">where</param>
    /// <param name="frames">of the clip, from its beginning</param>
    internal DemoRig(string device, int frames = int.MaxValue)
    {
        Device = TestDevices.Open(device);
        _parts = ModelParts.Open(_files.ModelFolder, motion: null);
        var networks = EvsNetworks.Load(Device, _parts);
        Pipeline = new EvsPipeline(networks);
        Clean = FrameFiles.Read(_files.CleanFolder);
        var given = FrameFiles.Read(_files.ClipFolder, frames);
        Input = PixelResize.Bicubic(given, 2 * given.Width, 2 * given.Height);
        var shape = new Shape(Input.Count, Input.Height, Input.Width, VideoFormat.Channels);
        X0 = Device.Allocate(networks.LatentShape(shape));
        Pipeline.Encode(Device, (i, rgb) => Input.Frame(i).CopyTo(rgb), shape, X0);
    }

    public Device Device { get; }

    public EvsPipeline Pipeline { get; }

    /// <summary>What the clip should have been.</summary>
    public VideoFrames Clean { get; }

    /// <summary>The weak clip, twice its size.</summary>
    public VideoFrames Input { get; }

    /// <summary>[16,16,16,4], the input's clean latents.</summary>
    public Tensor X0 { get; }

    /// <summary>The demo's settings with another mode and seed.</summary>
    public EvsConfig Config(EvsMode mode, ulong seed = 7) =>
        _files.Choices.ApplyTo(new EvsConfig { ImageScheduler = _parts.ImageScheduler, Motion = _parts.MotionProfile }) with
        {
            Mode = mode,
            Seed = seed,
        };

    /// <summary>Latents of a run; rented, so within a scope of the caller's.</summary>
    public Tensor Run(EvsConfig config, INoiseSource? noise = null) =>
        Pipeline.Refine(Device, X0, _files.Choices.Get(ClipSettings.Prompt)!, config, noise: noise);

    /// <summary>Frames of latents.</summary>
    public VideoFrames Decode(Tensor latents)
    {
        var frames = new Memory<byte>[Input.Count];
        Pipeline.Decode(Device, latents, (i, rgb) => frames[i] = rgb.ToArray());
        return new VideoFrames(frames, Input.Format, "decoded");
    }

    /// <summary>A run's measures against the clean original.</summary>
    internal VideoMeasures Measure(EvsMode mode, ulong seed)
    {
        using var scope = Device.Enter("measure");
        return VideoMeasures.Of(Decode(Run(Config(mode, seed))), Clean);
    }

    /// <summary>A tensor that the reference wrote, [F,C,h,w] there, [F,h,w,C] here.</summary>
    public float[] Expected(string name)
    {
        const int Frames = 16, Channels = 4, Pixels = 256;
        float[] stored = _expected.Values(name), turned = new float[stored.Length];
        for (int f = 0; f < Frames; f++)
            for (int c = 0; c < Channels; c++)
                for (int p = 0; p < Pixels; p++) turned[(((f * Pixels) + p) * Channels) + c] = stored[(((f * Channels) + c) * Pixels) + p];
        return turned;
    }

    public void Dispose()
    {
        Device.Dispose();
        _parts.Dispose();
        _expected.Dispose();
    }
}
