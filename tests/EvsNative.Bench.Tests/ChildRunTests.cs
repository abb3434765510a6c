using System.Diagnostics;
using EvsNative.Layers;

namespace EvsNative.Bench.Tests;

/// <summary>Programs are watched from outside: their memory and their failures.</summary>
public sealed class ChildRunTests
{
    [Fact]
    public void The_memory_that_a_program_takes_is_seen()
    {
        // A shell variable of 64 MB, kept for a moment.
        var small = ChildRun.Of(Shell("sleep 0.3"));
        var large = ChildRun.Of(Shell("x=$(head -c 64000000 /dev/zero | tr '\\0' x); sleep 0.3; echo ${#x}"));
        Assert.Equal("64000000", large.Output.Trim());
        Assert.InRange(large.PeakBytes - small.PeakBytes, 60e6, 600e6);
        Assert.InRange(small.Seconds, 0.3, 30);
    }

    [Fact]
    public void A_program_that_fails_is_named() =>
        Assert.Contains("exit code 3", Assert.Throws<InputException>(() => ChildRun.Of(Shell("exit 3"))).Message, StringComparison.Ordinal);

    private static ProcessStartInfo Shell(string command)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Peak memory is read from Linux's /proc.");
        return new ProcessStartInfo("/bin/sh", ["-c", command]);
    }
}
