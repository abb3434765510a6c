using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Ptx;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Cuda;

public sealed class KernelCacheTests
{
    private const string Machine = "580.159.04, CUDA 13.0, GeForce RTX 4090, sm_89";

    private static readonly PtxTarget Target = PtxTarget.For(89);

    private static readonly byte[] Code = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];

    [Fact]
    public void A_kernel_is_compiled_once_and_comes_from_the_disk_afterwards()
    {
        using var folder = new TemporaryFolder();
        var (compiled, facts) = Load(folder.Path);
        Assert.Contains(nameof(ICudaDriver.LinkComplete), compiled.Calls);
        Assert.False(facts.IsFromCache);
        var (found, kept) = Load(folder.Path);
        Assert.DoesNotContain(nameof(ICudaDriver.LinkCreate), found.Calls);
        Assert.True(kept.IsFromCache);
        Assert.Equal(compiled.Loaded, found.Loaded);
        Assert.StartsWith(FakeCudaDriver.CodePrefix, found.Loaded[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Another_kernel_target_driver_or_device_finds_nothing()
    {
        byte[] key = Key("kernel");
        Assert.Equal(key, Key("kernel"));
        Assert.NotEqual(key, Key("kernel "));
        Assert.NotEqual(key, KernelCache.Key("kernel", Target with { Sm = 90 }, Machine));
        Assert.NotEqual(key, KernelCache.Key("kernel", Target, Machine + " "));
    }

    [Fact]
    public void Corrupt_truncated_and_foreign_files_are_ignored_and_replaced()
    {
        using var folder = new TemporaryFolder();
        var cache = new KernelCache(folder.Path);
        byte[] key = Key("a"), other = Key("b");
        Assert.Null(cache.TryRead(key));
        cache.Write(key, Code);
        string path = Assert.Single(Directory.GetFiles(folder.Path));
        byte[] whole = File.ReadAllBytes(path);
        cache.Write(other, Code);
        byte[] foreign = File.ReadAllBytes(Directory.GetFiles(folder.Path).Single(file => file != path));
        List<byte[]> broken = [[], [1, 2, 3], whole[..72], whole[..^1], [.. whole, 0], foreign];
        foreach (int at in (int[])[0, 7, 8, 39, 40, 71, 72, whole.Length - 1])
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= 1;
            broken.Add(flipped);
        }

        foreach (byte[] file in broken)
        {
            File.WriteAllBytes(path, file);
            Assert.Null(cache.TryRead(key));
            cache.Write(key, Code);
            Assert.Equal(Code, cache.TryRead(key));
        }
    }

    [Fact]
    public void Code_that_the_driver_no_longer_takes_is_compiled_anew()
    {
        using var folder = new TemporaryFolder();
        Load(folder.Path);
        var driver = new FakeCudaDriver();
        driver.Fail(nameof(ICudaDriver.ModuleLoad), CudaResult.NoBinaryForGpu);
        var (_, facts) = Load(folder.Path, driver);
        Assert.False(facts.IsFromCache);
        Assert.Contains(nameof(ICudaDriver.LinkComplete), driver.Calls);
    }

    [Theory]
    [InlineData(nameof(ICudaDriver.LinkCreate))]
    [InlineData(nameof(ICudaDriver.LinkAddPtx))]
    [InlineData(nameof(ICudaDriver.LinkComplete))]
    public void Without_a_linker_the_driver_loads_the_text(string function)
    {
        using var folder = new TemporaryFolder();
        var driver = new FakeCudaDriver();
        driver.Fail(function, CudaResult.JitCompilerNotFound);
        Load(folder.Path, driver);
        Assert.Contains(".version", driver.Loaded[0], StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_and_no_folder_are_fine()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");
        foreach (string? place in (string?[])[Path.Combine(file, "below"), "/proc/none", "bad\0name", null])
        {
            var cache = new KernelCache(place);
            cache.Write(Key("a"), Code);
            Assert.Null(cache.TryRead(Key("a")));
        }

        Load(Path.Combine(file, "below"));
    }

    [Fact]
    public void The_oldest_files_go_when_there_are_too_many_and_others_files_stay()
    {
        using var folder = new TemporaryFolder();
        string notes = Path.Combine(folder.Path, "notes.txt"), abandoned = Path.Combine(folder.Path, "x.part");
        File.WriteAllText(notes, new string('x', 10_000));
        File.WriteAllText(abandoned, "x");
        File.SetLastWriteTimeUtc(abandoned, DateTime.UtcNow.AddDays(-1));
        var cache = new KernelCache(folder.Path, limitBytes: 5000);
        byte[][] keys = [.. Enumerable.Range(0, 8).Select(i => Key($"{i}"))];
        for (int i = 0; i < keys.Length; i++)
        {
            cache.Write(keys[i], Code);
            string path = Directory.GetFiles(folder.Path, $"{Convert.ToHexStringLower(keys[i])}*").Single();
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(i - 100));
        }

        cache.Write(keys[^1], Code);
        Assert.Equal([false, false, false, false, true, true, true, true], keys.Select(key => cache.TryRead(key) is not null));
        Assert.True(File.Exists(notes));
        Assert.False(File.Exists(abandoned));
    }

    [Fact]
    public void Processes_that_write_the_same_code_at_once_never_see_half_of_it()
    {
        using var folder = new TemporaryFolder();
        byte[] key = Key("a");
        int wrong = 0;
        Parallel.For(0, 200, i =>
        {
            var cache = new KernelCache(folder.Path);
            if (i % 2 == 0) cache.Write(key, Code);
            else if (cache.TryRead(key) is { } code && !code.AsSpan().SequenceEqual(Code)) Interlocked.Increment(ref wrong);
        });
        Assert.Equal(0, wrong);
        Assert.Equal(Code, new KernelCache(folder.Path).TryRead(key));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("off", "/var/x", null)]
    [InlineData("OFF", null, null)]
    [InlineData("/var/kernels", "/var/x", "/var/kernels")]
    [InlineData(null, "/var/x", "/var/x/evsnative/kernels")]
    [InlineData("", "/var/x", "/var/x/evsnative/kernels")]
    public void The_environment_says_where_it_is(string? named, string? root, string? wanted)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the folders are Unix's");
        Assert.Equal(wanted, KernelCache.OfUser(name => name == "EVSNATIVE_CACHE" ? named : root).Folder);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("relative")]
    public void Without_a_word_of_the_environment_it_is_below_the_users_own_folder(string? root)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the folders are Unix's");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Assert.SkipWhen(home.Length == 0, "the user has no folder");
        Assert.Equal(Path.Combine(home, ".cache", "evsnative", "kernels"),
            KernelCache.OfUser(name => name == "XDG_CACHE_HOME" ? root : null).Folder);
    }

    private static byte[] Key(string kernel) => KernelCache.Key(kernel, Target, Machine);

    private static (FakeCudaDriver Driver, CudaKernelFacts Facts) Load(string folder, FakeCudaDriver? driver = null)
    {
        driver ??= new FakeCudaDriver();
        using var gpu = CudaTest.Open(driver, new CudaSettings(new KernelCache(folder)));
        CudaTest.LoadAdd(gpu);
        return (driver, Assert.Single(gpu.Facts));
    }
}
