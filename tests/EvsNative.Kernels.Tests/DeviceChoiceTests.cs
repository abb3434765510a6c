using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class DeviceChoiceTests
{
    private static readonly FoundDevice Nvidia = new(Backend.Cuda, 0, GpuProfiles.Ada), Radeon = new(Backend.OpenCL, 1, GpuProfiles.Amd);
    private static readonly FoundDevice Processor =
        new(Backend.OpenCL, 0, GpuProfiles.Intel with { Name = "some processor", IsProcessor = true });

    private readonly List<DeviceOptions> _opened = [];

    [Theory]
    [InlineData("auto", null, 0)]
    [InlineData("cpu", Backend.Cpu, 0)]
    [InlineData("cuda", Backend.Cuda, 0)]
    [InlineData("CUDA:3", Backend.Cuda, 3)]
    [InlineData("opencl:12", Backend.OpenCL, 12)]
    public void Words_name_devices(string word, Backend? backend, int index) =>
        Assert.Equal(new DeviceWish(backend, index), DeviceWish.Parse(word));

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cpu:0")]
    [InlineData("auto:1")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:x")]
    [InlineData("cuda:1:2")]
    [InlineData("null")]
    public void Other_words_name_none(string word) => Assert.Null(DeviceWish.Parse(word));

    [Fact]
    public void The_best_device_is_the_first_cuda_device()
    {
        var choice = Choice(DeviceWish.Auto, new DeviceSurvey([Nvidia, Processor, Radeon], null, null));
        using var d = choice.Open(default);
        Assert.Equal((Backend.Cuda, 0, ElementType.Float16), (_opened[0].Backend, _opened[0].Index, _opened[0].Precision));
        Assert.DoesNotContain("(", choice.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_cuda_it_is_an_OpenCL_gpu_and_the_line_says_why()
    {
        var choice = Choice(DeviceWish.Auto, new DeviceSurvey([Processor, Radeon], "no driver", null));
        using var d = choice.Open(default);
        Assert.Equal((Backend.OpenCL, 1, ElementType.Float16), (_opened[0].Backend, _opened[0].Index, _opened[0].Precision));
        Assert.Contains("(no CUDA: no driver; opencl:0 is a processor, faster without OpenCL)", choice.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_too_small_for_kernels_is_passed_over_with_what_it_lacks()
    {
        foreach (var caps in (GpuCaps[])[GpuProfiles.Intel with { MaxThreads = 128 }, GpuProfiles.Intel with { SharedBytes = 16 << 10 }])
        {
            var choice = Choice(DeviceWish.Auto, new DeviceSurvey([new FoundDevice(Backend.OpenCL, 0, caps)], "no driver", null));
            using var d = choice.Open(default);
            Assert.Equal(Backend.Cpu, _opened[^1].Backend);
            string line = "opencl:0 cannot be used: kernels need groups of 256 threads and 32 KB of shared memory, "
                + $"it has {caps.MaxThreads} and {caps.SharedBytes >> 10} KB";
            Assert.Contains(line, choice.Line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_any_gpu_it_is_the_processor_in_float32()
    {
        var choice = Choice(DeviceWish.Auto, new DeviceSurvey([], "no driver", "not installed"));
        using var d = choice.Open(default);
        Assert.Equal((Backend.Cpu, ElementType.Float32), (_opened[0].Backend, _opened[0].Precision));
        Assert.EndsWith("fp32 (no CUDA: no driver; no OpenCL: not installed)", choice.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_does_not_open_is_passed_over()
    {
        var choice = Choice(DeviceWish.Auto, new DeviceSurvey([Nvidia, Radeon], null, null),
            fails: options => options.Backend == Backend.Cuda ? "it has fallen off the bus" : null);
        using var d = choice.Open(default);
        Assert.Equal(Backend.OpenCL, _opened[^1].Backend);
        Assert.Contains("(cuda:0: it has fallen off the bus)", choice.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_does_not_suffice_is_passed_over_and_closed()
    {
        var seen = new List<Device>();
        var choice = Choice(DeviceWish.Auto, new DeviceSurvey([Nvidia], null, "not installed"));
        using var d = choice.Open(default, device =>
        {
            seen.Add(device);
            return seen.Count == 1 ? "too small" : null;
        });
        Assert.Same(seen[1], d);
        Assert.Contains("(cuda:0: too small; no OpenCL: not installed)", choice.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_asked_for_by_name_is_never_replaced()
    {
        var survey = new DeviceSurvey([Nvidia, Radeon], null, null);
        var broken = Choice(new DeviceWish(Backend.Cuda), survey, fails: _ => "broken");
        Assert.Equal("broken", Assert.Throws<DeviceException>(() => broken.Open(default)).Message);
        var small = Choice(new DeviceWish(Backend.OpenCL, 1), survey);
        Assert.Equal("too small", Assert.Throws<DeviceException>(() => small.Open(default, _ => "too small")).Message);
    }

    [Fact]
    public void A_processor_computes_in_float32_whoever_runs_it()
    {
        var survey = new DeviceSurvey([Processor], "no driver", null);
        using (Choice(new DeviceWish(Backend.OpenCL), survey).Open(default)) Assert.Equal(ElementType.Float32, _opened[^1].Precision);
        using (Choice(new DeviceWish(Backend.OpenCL), survey, ElementType.Float16).Open(default))
            Assert.Equal(ElementType.Float16, _opened[^1].Precision);
        var cpu = Choice(DeviceWish.Auto, survey, ElementType.Float16);
        Assert.StartsWith("fp16 needs a GPU", Assert.Throws<DeviceException>(() => cpu.Open(default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_that_are_not_there_are_refused_in_one_line()
    {
        foreach (var backend in (Backend[])[Backend.Cuda, Backend.OpenCL])
        {
            string message = Assert.Throws<DeviceException>(() => Device.Open(new DeviceOptions(backend, Index: 99))).Message;
            Assert.DoesNotContain('\n', message);
            Assert.NotEmpty(message);
        }
    }

    private DeviceChoice Choice(DeviceWish wish, DeviceSurvey survey, ElementType? precision = null,
        Func<DeviceOptions, string?>? fails = null) => new(wish, precision)
        {
            Survey = () => survey,
            OpenDevice = options =>
            {
                _opened.Add(options);
                if (fails?.Invoke(options) is { } why) throw new DeviceException(why);
                return Device.Open(
                    options.Backend == Backend.Cpu ? options : options with { Backend = Backend.Null, Profile = GpuProfiles.Ada });
            },
        };
}
