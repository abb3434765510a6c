using EvsNative.Kernels;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.OpenCL;

namespace EvsNative.Bench;

/// <summary>A GPU, opened once for everything that is measured on it: its own clock, and the vocabulary.</summary>
internal sealed class OpenGpu : IDisposable
{
    /// <param name="runtime">open; it is owned from now on</param>
    /// <param name="backend">its kind</param>
    /// <param name="precision">how activations are stored</param>
    public OpenGpu(GpuRuntime runtime, Backend backend, ElementType precision) =>
        (Runtime, Device) = (runtime, Device.On(runtime, new DeviceOptions(backend, Precision: precision)));

    public GpuRuntime Runtime { get; }

    public Device Device { get; }

    public GpuCaps Caps => Runtime.Caps;

    /// <summary>fp16 or fp32.</summary>
    public string Precision => Device.Precision == ElementType.Float16 ? "fp16" : "fp32";

    /// <summary>What it is, for the head of a table.</summary>
    public string Line => $"{Runtime.Description}, {Precision}, {Caps.Multiprocessors} units";

    /// <summary>
    /// Opens what was asked for; asked for the best, the first CUDA device, else the first OpenCL device that is no processor.
    /// </summary>
    /// <param name="wish">the device</param>
    /// <param name="precision">how activations are stored; float16 on GPUs and float32 on processors if absent</param>
    /// <exception cref="DeviceException">there is none</exception>
    public static OpenGpu Of(DeviceWish wish, ElementType? precision = null)
    {
        if (wish.Backend is null) wish = Best();
        GpuRuntime runtime = wish.Backend switch
        {
            Backend.Cuda => CudaGpu.Open(wish.Index),
            Backend.OpenCL => OpenCLGpu.Open(wish.Index),
            _ => throw new DeviceException($"no GPU to measure: {wish} was asked for"),
        };
        return new OpenGpu(
            runtime, wish.Backend.Value, precision ?? (runtime.Caps.IsProcessor ? ElementType.Float32 : ElementType.Float16));
    }

    public void Dispose() => Device.Dispose();

    private static DeviceWish Best()
    {
        var survey = DeviceSurvey.Take();
        const string OnlyProcessors = "only processors, which are to be named (--device opencl:0)";
        var found = survey.Devices.FirstOrDefault(device => !device.Caps.IsProcessor) ?? throw new DeviceException(
            $"no GPU to measure: CUDA: {survey.CudaProblem ?? "none"}; OpenCL: {survey.OpenCLProblem ?? OnlyProcessors}");
        return new DeviceWish(found.Backend, found.Index);
    }
}
