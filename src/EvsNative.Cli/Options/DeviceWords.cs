using System.CommandLine;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli;

/// <summary>The options that say where to compute: <c>--device</c>, <c>--precision</c>, <c>--threads</c>.</summary>
internal sealed class DeviceWords
{
    private readonly Option<string?> _device = new("--device") { Description = "auto (default: CUDA, then an OpenCL GPU, then the processor), cpu, cuda:0, opencl:0" };
    private readonly Option<string?> _precision = new("--precision") { Description = "fp16 (usual on GPUs) or fp32: how the U-Net stores its activations" };
    private readonly Option<int?> _threads = ThreadsOption.Create();

    /// <summary>Adds the words to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_device);
        command.Options.Add(_precision);
        command.Options.Add(_threads);
    }

    /// <summary>What was said.</summary>
    /// <exception cref="InputException">a word that is not known</exception>
    public DeviceRequest Read(ParseResult said)
    {
        var wish = DeviceWish.Auto;
        if (said.GetValue(_device) is { } word) wish = DeviceWish.Parse(word) ?? throw new InputException($"--device {word}: {DeviceWish.Words}");
        ElementType? precision = said.GetValue(_precision)?.ToLowerInvariant() switch
        {
            null => null,
            "fp32" => ElementType.Float32,
            "fp16" => ElementType.Float16,
            var other => throw new InputException($"--precision {other}: fp32 or fp16"),
        };
        return new DeviceRequest(wish, precision, ThreadsOption.Read(said.GetValue(_threads)));
    }
}
