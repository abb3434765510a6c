using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Compare;

/// <summary>Variants that stand together in a table: compositions, or the values of a setting that is swept.</summary>
/// <param name="Name">the heading</param>
/// <param name="IsCurve">whether the variants follow one another, so that a line joins them</param>
/// <param name="Variants">in the order in which they are shown</param>
public sealed record CompareGroup(string Name, bool IsCurve, IReadOnlyList<CompareVariant> Variants)
{
    /// <summary>The paper's order and the paper's names.</summary>
    private static readonly (EvsMode Mode, string Name)[] Names =
    [
        (EvsMode.T2I, "T2I"), (EvsMode.T2V, "T2V"), (EvsMode.T2IThenT2V, "T2I+T2V"), (EvsMode.T2VThenT2I, "T2V+T2I"),
        (EvsMode.Evs, "T2I+[T2V]+T2I"),
    ];

    /// <summary>All five compositions, in the order of the paper's Table 2.</summary>
    public static IReadOnlyList<EvsMode> AllModes { get; } = [.. Names.Select(row => row.Mode)];

    /// <summary>The group of some compositions.</summary>
    public static CompareGroup OfModes(IEnumerable<EvsMode> modes) => new("compositions", IsCurve: false,
    [
        .. modes.Select(mode => new CompareVariant(
            NameOf(mode), NameOf(mode), NameOf(mode), new Choices().With(MethodSettings.Mode, mode)) { Mode = mode }),
    ]);

    /// <summary>Reads compositions by the words of <c>--mode</c>.</summary>
    /// <param name="text">words with commas between, or "all"</param>
    /// <exception cref="InputException">a word that no composition has</exception>
    public static CompareGroup ReadModes(string text)
    {
        if (text == "all") return OfModes(AllModes);
        var modes = text.Split(',').Select(word => new Choices("--modes").With(MethodSettings.Mode, word).Get(MethodSettings.Mode));
        return OfModes(modes.Select(mode => mode!.Value).Distinct());
    }

    /// <summary>What the paper calls a composition, such as "T2I+[T2V]+T2I".</summary>
    public static string NameOf(EvsMode mode) => Names.First(row => row.Mode == mode).Name;
}
