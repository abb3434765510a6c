using System.Diagnostics;

namespace EvsNative.Pipelines.Tests;

/// <summary>A small file system of its own.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _place;

    private SmallDisk(string place) => _place = place;

    /// <summary>Mounts one; skips the test where that is not allowed.</summary>
    public static SmallDisk Create(string place, int kilobytes)
    {
        if (OperatingSystem.IsLinux() && Environment.UserName == "root")
        {
            Directory.CreateDirectory(place);
            if (Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", place) == 0) return new SmallDisk(place);
        }

        Assert.Skip("Needs the right to mount a small tmpfs (root on Linux).");
        throw new InvalidOperationException();
    }

    /// <summary>From now on nothing can be written there.</summary>
    public void MakeReadOnly() => Assert.Equal(0, Run("mount", "-o", "remount,ro", _place));

    /// <summary>Makes it larger or smaller.</summary>
    public void Resize(int kilobytes) => Assert.Equal(0, Run("mount", "-o", $"remount,size={kilobytes}k", _place));

    public void Dispose() => Run("umount", _place);

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
