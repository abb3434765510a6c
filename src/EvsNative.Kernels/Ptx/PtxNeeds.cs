using System.Globalization;
using System.Text.RegularExpressions;
using EvsNative.Kernels.Compile;

namespace EvsNative.Kernels.Ptx;

/// <summary>
/// What a kernel's instructions need: the highest of what each says of itself (<see cref="PtxAsmAttribute"/>). Our instructions leave it in
/// ILGPU's text, a line each (<see cref="PtxExpansion.Needs"/>).
/// </summary>
/// <param name="Sm">architecture, such as 80</param>
/// <param name="Isa">version of the language times ten, such as 74</param>
/// <param name="IsSpecific">later architectures do not have it: sm_90a</param>
internal readonly partial record struct PtxNeeds(int Sm, int Isa, bool IsSpecific)
{
    /// <summary>The needs of a text, and the text without the lines that say them.</summary>
    public static (PtxNeeds Needs, string Text) Take(string text)
    {
        var needs = default(PtxNeeds);
        foreach (Match line in Line().Matches(text))
        {
            int sm = int.Parse(line.Groups["sm"].ValueSpan, CultureInfo.InvariantCulture);
            int isa = int.Parse(line.Groups["isa"].ValueSpan, CultureInfo.InvariantCulture);
            bool isSpecific = needs.IsSpecific || line.Groups["a"].Length > 0;
            needs = new PtxNeeds(Math.Max(needs.Sm, sm), Math.Max(needs.Isa, isa), isSpecific);
        }

        return (needs, needs == default ? text : Line().Replace(text, ""));
    }

    public override string ToString() => $"sm_{Sm}{(IsSpecific ? "a" : "")} and PTX {Isa / 10}.{Isa % 10}";

    [GeneratedRegex("""^\s*\.pragma "needs sm_(?<sm>\d+)(?<a>a?) (?<isa>\d+)";\r?\n""", RegexOptions.Multiline)]
    private static partial Regex Line();
}
