using System.Diagnostics;
using EvsNative.Kernels.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Cuda;

public sealed class CacheFolderTests
{
    private static readonly byte[] Key = new byte[32], Code = [1, 2, 3];

    [Theory]
    [InlineData("777", false)]
    [InlineData("775", false)]
    [InlineData("722", false)]
    [InlineData("702", false)]
    [InlineData("755", true)]
    [InlineData("700", true)]
    public void A_folder_that_others_may_write_to_is_neither_read_nor_written(string mode, bool isTrusted)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are Unix's");
        using var folder = new TemporaryFolder();
        var cache = new KernelCache(folder.Path);
        SetMode(folder.Path, "700");
        cache.Write(Key, Code);
        SetMode(folder.Path, mode);
        Assert.Equal(isTrusted ? Code : null, cache.TryRead(Key));
        Assert.Equal(isTrusted, CacheFolder.IsTrusted(folder.Path));
        if (isTrusted) return;
        cache.Write([.. Key[1..], 1], Code);
        Assert.Single(Directory.GetFiles(folder.Path));
        string line = CacheFolder.Objection(folder.Path)!;
        Assert.StartsWith($"others may write to {folder.Path}: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void A_folder_of_another_user_is_not_used()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "owners are asked for on Linux");
        using var folder = new TemporaryFolder();
        string path = Environment.IsPrivilegedProcess ? folder.Path : "/usr";
        Assert.True(CacheFolder.IsTrusted(folder.Path));
        if (Environment.IsPrivilegedProcess) Process.Start("chown", ["12345", path]).WaitForExit();
        Assert.StartsWith($"{path} belongs to another user: ", CacheFolder.Objection(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_made_is_the_users_alone()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "a", "b");
        Assert.True(CacheFolder.IsTrusted(path));
        new KernelCache(path).Write(Key, Code);
        Assert.True(CacheFolder.IsTrusted(path));
        if (!OperatingSystem.IsWindows()) Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(path));
        Assert.Equal(Code, new KernelCache(path).TryRead(Key));
    }

    [Fact]
    public void The_device_says_that_nothing_is_kept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are Unix's");
        using var folder = new TemporaryFolder();
        SetMode(folder.Path, "777");
        var settings = new CudaSettings(new KernelCache(folder.Path));
        using var d = CudaTest.Device(new FakeCudaDriver(), settings: settings);
        Assert.StartsWith("others may write to", d.Remark, StringComparison.Ordinal);
        var choice = new DeviceChoice(new DeviceWish(Backend.Cuda))
        {
            OpenDevice = _ => CudaTest.Device(new FakeCudaDriver(), settings: settings),
        };
        choice.Open(default).Dispose();
        Assert.Contains($"({d.Remark})", choice.Line, StringComparison.Ordinal);
        using var quiet = CudaTest.Device(new FakeCudaDriver());
        Assert.Null(quiet.Remark);
    }

    private static void SetMode(string path, string octal)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(octal, 8));
    }
}
