using EvsNative.Layers;

namespace EvsNative.Models.Tests.Networks;

/// <summary>Weights by formula that keep what was asked for, and that can pretend to be a file with a list of tensors.</summary>
/// <param name="names">the tensors that the file lists; none: everything asked for is there and nothing is listed</param>
internal sealed class ListedWeights(IReadOnlyCollection<string>? names = null) : IWeightFile
{
    private readonly FormulaWeights _formula = new();
    private readonly HashSet<string> _names = [.. names ?? []];

    /// <summary>Tensors asked for, with their numbers of values.</summary>
    public Dictionary<string, long> Asked { get; } = [];

    /// <summary>Values in all of <see cref="Asked"/>.</summary>
    public long Parameters => Asked.Values.Sum();

    /// <summary>Tensors whose name holds this word are zero.</summary>
    public Func<string, bool> IsZero { get; init; } = _ => false;

    /// <summary>Told how many tensors have been asked for, after each.</summary>
    public Action<int> OnAsked { get; init; } = _ => { };

    public string Origin => "listed weights";

    public IReadOnlyCollection<string> Names => _names;

    public long Count => 0;

    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted)
    {
        if (wanted.Count > 0) Asked[name] = wanted.Aggregate(1L, (product, length) => product * length);
        OnAsked(Asked.Count);
        return names is null || _names.Contains(name) ? wanted : null;
    }

    public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        if (IsZero(name)) values.Clear();
        else _formula.Read(name, shape, values);
    }
}
