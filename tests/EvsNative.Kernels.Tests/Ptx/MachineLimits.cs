using System.Globalization;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>What a kernel's machine code may be: a row of <c>MachineLimits.txt</c>.</summary>
/// <param name="Words">what its name contains, all of them</param>
/// <param name="Registers">most of a thread</param>
/// <param name="Products">on tensor cores in a usual round of the main loop, exactly; null for portable kernels</param>
/// <param name="Integers">most instructions on integers in each round of the main loop; null for portable kernels</param>
/// <param name="AccessBytes">least that an access of global memory moves in the main loop</param>
internal sealed record MachineLimits(string[] Words, int Registers, int? Products, int? Integers, int AccessBytes)
{
    private static readonly Lazy<IReadOnlyList<MachineLimits>> Rows = new(Read);

    /// <summary>The first row whose words all stand in a kernel's name.</summary>
    public static MachineLimits? Of(string kernel) =>
        Rows.Value.FirstOrDefault(row => Array.TrueForAll(row.Words, word => kernel.Contains(word, StringComparison.Ordinal)));

    private static IReadOnlyList<MachineLimits> Read() =>
    [
        .. File.ReadLines(Repository.File("tests", "EvsNative.Kernels.Tests", "Ptx", "MachineLimits.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(Parse),
    ];

    private static MachineLimits Parse(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int numbers = Array.FindIndex(words, word => char.IsAsciiDigit(word[0]));
        int[] limits = Array.ConvertAll(words[numbers..], word => int.Parse(word, CultureInfo.InvariantCulture));
        bool isTensor = limits.Length > 1;
        return new MachineLimits(words[..numbers], limits[0], isTensor ? limits[1] : null, isTensor ? limits[2] : null,
            limits.Length > 3 ? limits[3] : 16);
    }
}
