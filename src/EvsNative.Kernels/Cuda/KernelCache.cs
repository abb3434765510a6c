using System.Security;
using System.Security.Cryptography;
using System.Text;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Cuda;

/// <summary>
/// Machine code of kernels on disk, so that each is compiled once on a machine. A file is
/// <code>
/// 8 bytes   magic, with the format's version
/// 32 bytes  key: SHA-256 of all that the code depends on
/// 32 bytes  SHA-256 of the code
/// the code
/// </code>
/// Whatever is wrong with a file or with the folder, the answer is that there is no such code. Files appear whole or not at all, so
/// processes share the folder.
/// </summary>
/// <param name="folder">where; absent for no cache</param>
/// <param name="limitBytes">the oldest files are removed beyond it</param>
internal sealed class KernelCache(string? folder, long limitBytes = 256 << 20)
{
    private const string Variable = "EVSNATIVE_CACHE";
    private const string Extension = ".cubin", TemporaryExtension = ".part";
    private const long LargestFile = 64 << 20;

    private static readonly byte[] Magic = "EVSKERN2"u8.ToArray();

    private static int HeaderBytes => Magic.Length + (2 * SHA256.HashSizeInBytes);

    /// <summary>Where; null where nothing is kept.</summary>
    public string? Folder => folder;

    /// <summary>False where nothing is kept.</summary>
    public bool IsOn => folder is not null;

    /// <summary>The user's: EVSNATIVE_CACHE names a folder or is <c>off</c>; else the system's place for such files.</summary>
    /// <param name="variable">the environment's if absent</param>
    public static KernelCache OfUser(Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        string? named = variable(Variable);
        if (string.Equals(named, "off", StringComparison.OrdinalIgnoreCase)) return new KernelCache(null);
        if (!string.IsNullOrWhiteSpace(named)) return new KernelCache(named);
        string root =
            OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) : RootOnUnix(variable);
        return new KernelCache(root.Length > 0 ? Path.Combine(root, "evsnative", "kernels") : null);
    }

    /// <summary>Names the code of a kernel by all that it depends on.</summary>
    /// <param name="kernel">what its text is made from: <see cref="KernelForm.Identity"/></param>
    /// <param name="target">what the text is for</param>
    /// <param name="machine">the driver, which compiles the text, and the device</param>
    public static byte[] Key(string kernel, PtxTarget target, string machine) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(Magic)}\n{kernel}\n{target}\n{machine}"));

    /// <summary>The code of a key, or null.</summary>
    public byte[]? TryRead(byte[] key)
    {
        if (folder is null || !CacheFolder.IsTrusted(folder)) return null;
        try
        {
            var file = new FileInfo(PathOf(key));
            if (!file.Exists || file.Length > LargestFile || file.Length <= HeaderBytes) return null;
            byte[] bytes = File.ReadAllBytes(file.FullName);
            ReadOnlySpan<byte> header = bytes.AsSpan(0, HeaderBytes), code = bytes.AsSpan(HeaderBytes);
            return header.SequenceEqual(Header(key, code)) ? code.ToArray() : null;
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            return null;
        }
    }

    /// <summary>Keeps the code of a key, if it can.</summary>
    public void Write(byte[] key, ReadOnlySpan<byte> code)
    {
        if (folder is null || !CacheFolder.IsTrusted(folder)) return;
        try
        {
            CacheFolder.Create(folder);
            string path = PathOf(key), temporary = $"{path}.{Guid.NewGuid():N}{TemporaryExtension}";
            using (var file = File.Create(temporary))
            {
                file.Write(Header(key, code));
                file.Write(code);
            }

            // Not flushed to the disk as results are: a file that a power cut emptied fails its hash and is compiled again.
            File.Move(temporary, path, overwrite: true);
            Trim();
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            // Without a cache everything works as well, only later.
        }
    }

    private static string RootOnUnix(Func<string, string?> variable)
    {
        string? root = variable("XDG_CACHE_HOME");
        if (!string.IsNullOrEmpty(root) && Path.IsPathRooted(root)) return root;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 0 ? Path.Combine(home, ".cache") : "";
    }

    private static byte[] Header(byte[] key, ReadOnlySpan<byte> code) => [.. Magic, .. key, .. SHA256.HashData(code)];

    private static bool IsOfFiles(Exception e) => e
        is IOException or UnauthorizedAccessException or SecurityException or NotSupportedException or ArgumentException;

    private string PathOf(byte[] key) => Path.Combine(folder!, Convert.ToHexStringLower(key) + Extension);

    private void Trim()
    {
        var files = new DirectoryInfo(folder!).EnumerateFiles().Where(file => file.Extension is Extension or TemporaryExtension).ToArray();
        long held = files.Sum(file => file.Length);
        foreach (var file in files.OrderBy(file => file.LastWriteTimeUtc))
        {
            bool isAbandoned = file.Extension == TemporaryExtension && DateTime.UtcNow - file.LastWriteTimeUtc > TimeSpan.FromHours(1);
            if (held <= limitBytes && !isAbandoned) continue;
            held -= file.Length;
            file.Delete();
        }
    }
}
