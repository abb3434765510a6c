namespace EvsNative.Micro;

/// <summary>What was asked for.</summary>
/// <param name="Filters">globs of lines, as BenchmarkDotNet's: <c>*</c> for anything, <c>?</c> for one character; none for all</param>
/// <param name="Devices">words of devices; none for all at hand</param>
/// <param name="Threads">of the processor</param>
/// <param name="IsShort">few and short iterations: that it runs, not what it takes</param>
/// <param name="Folder">where the exported tables go</param>
internal sealed record MicroRequest(
    IReadOnlyCollection<string> Filters, IReadOnlyCollection<string> Devices, int Threads, bool IsShort, string Folder);
