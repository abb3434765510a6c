using EvsNative.Kernels.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Cuda;

public sealed class NativeCudaDriverTests
{
    [Fact]
    public void A_driver_that_is_not_there_is_a_line_that_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        string line = Refusal(Path.Combine(folder.Path, "libcuda.so.1"));
        Assert.StartsWith("there is no NVIDIA driver", line, StringComparison.Ordinal);
        Assert.Contains("was not found", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_library_is_a_line_that_says_so()
    {
        using var folder = new TemporaryFolder();
        foreach (byte[] content in (byte[][])[[], [1, 2, 3], [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, .. new byte[500]]])
        {
            string path = Path.Combine(folder.Path, "libcuda.so.1");
            File.WriteAllBytes(path, content);
            string line = Refusal(path);
            Assert.StartsWith("the NVIDIA driver's library cannot be loaded", line, StringComparison.Ordinal);
            Assert.Contains("libcuda.so.1", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_library_of_something_else_is_no_driver()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the library is Linux's");
        Assert.Equal("libc.so.6 is no CUDA driver: it has no function cuInit", Refusal("libc.so.6"));
    }

    [Fact]
    public void The_driver_is_the_one_that_was_named_the_loaders_own_or_one_in_the_known_places()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the places are Linux's");
        using var folder = new TemporaryFolder();
        string beside = Path.Combine(folder.Path, "libcuda.so.1"), empty = Path.Combine(folder.Path, "empty");
        Directory.CreateDirectory(empty);
        string[] places = [empty, folder.Path];
        Assert.Equal("libcuda.so.1", CudaLibrary.Find(null, () => false, places));
        File.WriteAllBytes(beside, []);
        Assert.Equal(beside, CudaLibrary.Find(null, () => false, places));
        Assert.Equal("libcuda.so.1", CudaLibrary.Find("", () => true, places));
        Assert.Equal(beside, CudaLibrary.Find(folder.Path, () => true, []));
        Assert.Equal(beside, CudaLibrary.Find(beside, () => true, []));
    }

    [Theory]
    [InlineData("nothing", "there is no such file or folder")]
    [InlineData("", "there is no libcuda.so.1 in that folder")]
    [InlineData("text", "cannot be loaded, reinstall the driver (EVSNATIVE_CUDA names it)")]
    public void A_driver_that_was_named_badly_is_one_line_that_says_where_it_was_named(string name, string what)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the library is Linux's");
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "text"), "no library");
        string line = Assert.Throws<DeviceException>(() => NativeCudaDriver.Load(named: Path.Combine(folder.Path, name))).Message;
        Assert.Contains(what, line, StringComparison.Ordinal);
        Assert.Contains("EVSNATIVE_CUDA", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void The_systems_driver_lists_its_devices_or_says_why_there_are_none()
    {
        try
        {
            Assert.NotEmpty(CudaDevices.Find());
        }
        catch (DeviceException e)
        {
            Assert.Contains("NVIDIA", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    private static string Refusal(string path)
    {
        string line = Assert.Throws<DeviceException>(() => NativeCudaDriver.Load(path)).Message;
        Assert.DoesNotContain('\n', line);
        return line;
    }
}
