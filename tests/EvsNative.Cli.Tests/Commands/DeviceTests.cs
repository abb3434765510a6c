namespace EvsNative.Cli.Tests.Commands;

/// <summary>
/// --device and --precision where devices are missing or broken. Drivers that are broken are files of that name which the loader finds
/// first.
/// </summary>
public sealed class DeviceTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("--device", "gpu")]
    [InlineData("--device", "cuda:one")]
    [InlineData("--precision", "fp8")]
    public void Unknown_words_are_refused_with_those_that_are_known(string option, string word)
    {
        var refused = Evs.Run("doctor", option, word);
        Assert.Contains(option == "--device" ? "auto, cpu, cuda, opencl" : "fp16 or fp32", refused.Complaint(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuda:99")]
    [InlineData("opencl:99")]
    public void A_device_that_is_not_there_is_refused(string device) => Assert.NotEmpty(Evs.Run("doctor", "--device", device).Complaint());

    [Fact]
    public void The_processor_refuses_fp16() =>
        Assert.Contains("fp16 needs a GPU", Evs.Run("doctor", "--device", "cpu", "--precision", "fp16").Complaint(),
            StringComparison.Ordinal);

    [Fact]
    public async Task Broken_drivers_are_named_and_auto_falls_through_to_the_processor()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("the loader's search path is Linux's");
        Directory.CreateDirectory(_scene["drivers"]);
        _scene.Text("drivers/libcuda.so.1");
        _scene.Text("drivers/libOpenCL.so.1");
        var broken = new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = _scene["drivers"] };
        foreach (string device in (string[])["cuda", "opencl"])
        {
            var refused = await Evs.RunProcess(_scene.Path, ["doctor", "--device", device], environment: broken);
            Assert.Contains(device == "cuda" ? "libcuda.so.1" : "libOpenCL.so.1", refused.Complaint(), StringComparison.Ordinal);
        }

        string doctor = (await Evs.RunProcess(_scene.Path, ["doctor"], environment: broken)).Text();
        string line = doctor.Split('\n').First(row => row.StartsWith("device", StringComparison.Ordinal));
        Assert.Contains("CPU", line, StringComparison.Ordinal);
        Assert.Contains("no CUDA", line, StringComparison.Ordinal);
        Assert.Contains("libcuda.so.1", line, StringComparison.Ordinal);
        Assert.Contains("no OpenCL", line, StringComparison.Ordinal);
        Assert.Contains("every operation computes what it should", doctor, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenCL_without_any_driver_is_named()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("the loader's search path is Linux's");
        string none = Directory.CreateDirectory(_scene["no-vendors"]).FullName;
        var refused = await Evs.RunProcess(_scene.Path, ["doctor", "--device", "opencl"], environment: new Dictionary<string,
            string>
        { ["OCL_ICD_VENDORS"] = none });
        Assert.Contains("OpenCL", refused.Complaint(), StringComparison.Ordinal);
    }
}
