using Perfolizer.Horology;

namespace EvsNative.Micro;

/// <summary>
/// A clock that stands still but for what a device says its work took, so that BenchmarkDotNet counts the device's time and not the host's.
/// </summary>
internal sealed class DeviceClock : IClock
{
    private const double NanosecondsInMillisecond = 1e6;

    private double _nanoseconds;

    private DeviceClock()
    {
    }

    public static DeviceClock Instance { get; } = new();

    public string Title => "device";

    public bool IsAvailable => true;

    public Frequency Frequency => Frequency.GHz;

    public long GetTimestamp() => (long)_nanoseconds;

    /// <summary>Moves on.</summary>
    public void Advance(double milliseconds) => _nanoseconds += milliseconds * NanosecondsInMillisecond;
}
