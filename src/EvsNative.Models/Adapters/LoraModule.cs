using EvsNative.Layers;

namespace EvsNative.Models.Adapters;

/// <summary>
/// The tensors by which an adapter changes one module of a network, whose weight is W [out, in, ...] and whose bias b. With s for strength
/// and a for alpha over rank, or 1 where there is no alpha:
/// <code>
/// LoRA, LoCon       W + s a up down                                   LoHa    W + s a (1a 1b) ∘ (2a 2b)
/// with a core       W + s a up core down                              LoKr    W + s a (1 ⊗ 2), each perhaps a product
/// difference        W + s diff, b + s diff_b
/// </code>
/// Sources: kohya's scripts, LyCORIS, PEFT, diffusers and ComfyUI, which agree.
/// </summary>
/// <param name="file">where they are</param>
/// <param name="place">the module in the network's words, for messages</param>
/// <param name="module">the module in the file's words</param>
internal sealed class LoraModule(LoraFile file, string place, string module)
{
    private static readonly (LoraRole Has, LoraRole Needs)[] Pairs =
    [
        (LoraRole.Down, LoraRole.Up), (LoraRole.Up, LoraRole.Down), (LoraRole.Middle, LoraRole.Down), (LoraRole.UpBias, LoraRole.Up),
        (LoraRole.Hadamard1A, LoraRole.Hadamard1B), (LoraRole.Hadamard1B, LoraRole.Hadamard2A),
        (LoraRole.Hadamard2A, LoraRole.Hadamard2B), (LoraRole.Hadamard2B, LoraRole.Hadamard1A),
        (LoraRole.Hadamard1Core, LoraRole.Hadamard1A), (LoraRole.Hadamard2Core, LoraRole.Hadamard2A),
        (LoraRole.Kronecker1A, LoraRole.Kronecker1B), (LoraRole.Kronecker1B, LoraRole.Kronecker1A),
        (LoraRole.Kronecker2A, LoraRole.Kronecker2B), (LoraRole.Kronecker2B, LoraRole.Kronecker2A),
        (LoraRole.Kronecker2Core, LoraRole.Kronecker2A),
    ];

    private readonly Dictionary<LoraRole, string> _names = [];

    /// <summary>Adds a tensor.</summary>
    /// <exception cref="InputException">the module has one of this role already</exception>
    public void Add(LoraRole role, string name)
    {
        if (_names.TryAdd(role, name)) return;
        throw new InputException(
            InputCode.Damaged,
            $"{file.Path}: {InputText.Quote(_names[role])} and {InputText.Quote(name)} both change {place}: get another file");
    }

    /// <summary>The tensors of a module of which only a factor is there, so that nothing changes; none of another.</summary>
    public IEnumerable<string> Idle => _names.Keys.All(role => role is LoraRole.Alpha or LoraRole.Scale) ? _names.Values : [];

    /// <summary>Holds the tensors against each other, whatever the network: each has its partners, and factors fit.</summary>
    /// <exception cref="InputException">tensors are missing, or are no factors of one matrix</exception>
    public void Check()
    {
        foreach (var (has, needs) in Pairs)
            if (Name(has) is { } name && Name(needs) is null) throw Alone(name);
        if (Name(LoraRole.Up) is not null) Low();
        if (Name(LoraRole.Hadamard1A) is not null) HadamardFactors();
        if (HasKronecker) KroneckerFactors();
    }

    /// <summary>What is added to the weight, in order; nothing if the strength is 0.</summary>
    /// <param name="weight">the weight's dimensions</param>
    /// <param name="strength">the user's factor</param>
    /// <exception cref="InputException">tensors are missing, or do not fit the weight</exception>
    public IEnumerable<WeightChange> OfWeight(IReadOnlyList<long> weight, double strength)
    {
        Check();
        var changes = new List<WeightChange>();
        if (Name(LoraRole.Up) is not null) changes.Add(LowRank(weight, strength));
        if (Name(LoraRole.Hadamard1A) is not null) changes.Add(Hadamard(weight, strength));
        if (HasKronecker) changes.Add(Kronecker(weight, strength));
        if (Name(LoraRole.Difference) is { } whole)
        {
            EnsureCount(whole, weight);
            changes.Add(new DifferenceChange(file, whole, strength));
        }

        return strength == 0 ? [] : changes;
    }

    /// <summary>What is added to the bias.</summary>
    /// <param name="bias">the bias' dimensions; null if the module has none</param>
    /// <param name="strength">the user's factor</param>
    /// <exception cref="InputException">there is no bias, or the change has another length</exception>
    public IEnumerable<WeightChange> OfBias(IReadOnlyList<long>? bias, double strength)
    {
        var changes = new List<WeightChange>();
        if (Name(LoraRole.BiasDifference) is { } whole) changes.Add(Change(whole, 1));
        if (Name(LoraRole.UpBias) is { } ofUp) changes.Add(Change(ofUp, Scale(Low().AlphaRank)));
        return strength == 0 ? [] : changes;

        DifferenceChange Change(string name, double scale)
        {
            if (bias is null)
            {
                throw new InputException(
                    InputCode.Mismatch,
                    $"{file.Path}: {InputText.Quote(name)} changes the bias of {place}, which has none: it is for another model");
            }

            EnsureCount(name, bias);
            return new DifferenceChange(file, name, strength * scale);
        }
    }

    private bool HasKronecker => Name(LoraRole.Kronecker1) is not null || Name(LoraRole.Kronecker1A) is not null
        || Name(LoraRole.Kronecker2) is not null || Name(LoraRole.Kronecker2A) is not null;

    private Factors Low() => new(file, _names[LoraRole.Up], _names[LoraRole.Down], Name(LoraRole.Middle));

    private LowRankChange LowRank(IReadOnlyList<long> weight, double strength)
    {
        var factors = Low();
        EnsureSize(factors.Rows, factors.Columns, weight, _names[LoraRole.Down]);
        return new LowRankChange(factors, strength * Scale(factors.AlphaRank));
    }

    private HadamardChange Hadamard(IReadOnlyList<long> weight, double strength)
    {
        var (first, second) = HadamardFactors();
        EnsureSize(first.Rows, first.Columns, weight, _names[LoraRole.Hadamard1B]);
        EnsureSize(second.Rows, second.Columns, weight, _names[LoraRole.Hadamard2B]);
        return new HadamardChange(first, second, strength * Scale(first.AlphaRank));
    }

    private (Factors First, Factors Second) HadamardFactors()
    {
        return (Of(LoraRole.Hadamard1A, LoraRole.Hadamard1B, LoraRole.Hadamard1Core),
            Of(LoraRole.Hadamard2A, LoraRole.Hadamard2B, LoraRole.Hadamard2Core));
        Factors Of(LoraRole up, LoraRole down, LoraRole core) =>
            new(file, _names[up], _names[down], Name(core), isUpTurned: Name(core) is not null);
    }

    private KroneckerChange Kronecker(IReadOnlyList<long> weight, double strength)
    {
        var (outer, inner) = KroneckerFactors();
        string named = Name(LoraRole.Kronecker2) ?? Name(LoraRole.Kronecker2B)!;
        EnsureSize((long)outer.Rows * inner.Rows, (long)outer.Columns * inner.Columns, weight, named);
        int? rank = inner.Rank ?? outer.Rank;
        return new KroneckerChange(outer, inner, strength * (rank is { } length ? Scale(length) : 1));
    }

    private (FileMatrix Outer, FileMatrix Inner) KroneckerFactors()
    {
        return (Of(LoraRole.Kronecker1, LoraRole.Kronecker1A, LoraRole.Kronecker1B, null),
            Of(LoraRole.Kronecker2, LoraRole.Kronecker2A, LoraRole.Kronecker2B, Name(LoraRole.Kronecker2Core)));
        FileMatrix Of(LoraRole whole, LoraRole up, LoraRole down, string? core)
        {
            if (Name(whole) is { } name) return new FileMatrix(file, name);
            if (Name(up) is null) throw Alone(_names.Values.First());
            return new FileMatrix(new Factors(file, _names[up], _names[down], core, isUpTurned: core is not null));
        }
    }

    /// <summary>Alpha over rank, or what stands in its place.</summary>
    private double Scale(int rank) =>
        Name(LoraRole.Scale) is { } scale ? file.ReadNumber(scale)
        : Name(LoraRole.Alpha) is { } alpha ? file.ReadNumber(alpha) / rank
        : file.Alphas.ScaleOf(module, rank);

    private string? Name(LoraRole role) => _names.GetValueOrDefault(role);

    private void EnsureCount(string name, IReadOnlyList<long> wanted)
    {
        var (rows, columns) = Factors.Sides(file, name);
        EnsureSize(rows, columns, wanted, name);
    }

    private void EnsureSize(long rows, long columns, IReadOnlyList<long> wanted, string name)
    {
        long all = wanted.Aggregate(1L, (product, length) => product * length);
        if (wanted.Count > 0 && wanted[0] == rows && all == rows * columns) return;
        throw new InputException(
            InputCode.Mismatch,
            $"{file.Path}: {InputText.Quote(name)} {Factors.Text(file, name)} changes a weight of {rows} x {columns} numbers, {place} is "
            + $"[{string.Join(',', wanted)}]: it is for another model");
    }

    private InputException Alone(string name) => new(
        InputCode.Incomplete, $"{file.Path}: the tensors that belong to {InputText.Quote(name)} are missing: download it again");
}
