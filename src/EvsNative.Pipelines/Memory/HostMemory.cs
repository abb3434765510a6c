using System.Globalization;
using System.Text;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Memory;

/// <summary>What this process may take of the machine's memory.</summary>
internal static class HostMemory
{
    /// <summary>What a small file of the system's may hold.</summary>
    private const int MostBytes = 1 << 16;

    /// <summary>The machine's memory, or less where a container or a setting of the runtime limits it, in bytes.</summary>
    public static long AllBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>
    /// What can be had without taking it from others, in bytes, and what this process holds already: Linux tells what is available, of a
    /// machine and of a control group; elsewhere it is what the runtime saw used at its last collection.
    /// </summary>
    public static long FreeBytes
    {
        get
        {
            long own = Environment.WorkingSet;
            long machine = Line("/proc/meminfo", "MemAvailable:") is { } kilobytes ? kilobytes << 10 : Seen();
            return Math.Min(AllBytes, Math.Min(machine, GroupBytes ?? long.MaxValue) + own);
        }
    }

    /// <summary>What is left of a control group's limit (version 2 at its usual place); null where there is none.</summary>
    private static long? GroupBytes =>
        Line("/sys/fs/cgroup/memory.max") is { } most && Line("/sys/fs/cgroup/memory.current") is { } used
            // Pages of files are given up when somebody needs room.
            ? Math.Max(0, most - used + (Line("/sys/fs/cgroup/memory.stat", "file ") ?? 0))
            : null;

    private static long Seen()
    {
        var info = GC.GetGCMemoryInfo();
        return Math.Max(0, info.TotalAvailableMemoryBytes - info.MemoryLoadBytes);
    }

    /// <summary>The number on the line that begins so; null where the system has no such file or line.</summary>
    private static long? Line(string file, string beginning = "")
    {
        try
        {
            string text = Encoding.ASCII.GetString(OrdinaryFile.ReadAll(file, MostBytes, "what the system tells"));
            string? line = text.Split('\n').FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal));
            string number = line?[beginning.Length..].Trim().Split(' ')[0] ?? "";
            return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
        }
        catch (Exception e) when (e is InputException)
        {
            return null;
        }
    }
}
