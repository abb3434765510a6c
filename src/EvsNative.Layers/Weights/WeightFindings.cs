namespace EvsNative.Layers;

/// <summary>Compares what networks ask for with what a checkpoint holds, and keeps what does not agree, tensor by tensor.</summary>
internal sealed class WeightFindings(IWeightFile file)
{
    private readonly HashSet<string> _asked = [];
    private readonly SortedDictionary<string, string> _missing = new(StringComparer.Ordinal), _misshapen = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _others = new(StringComparer.Ordinal), _nonFinite = new(StringComparer.Ordinal);

    /// <summary>
    /// The stored shape of a tensor that can be read as <paramref name="wanted"/>; otherwise null, and the finding is kept.
    /// </summary>
    public IReadOnlyList<long>? Find(string name, IReadOnlyList<long> wanted)
    {
        _asked.Add(name);
        // A network of another kind lacks nearly all: there is no need to build the rest of it.
        if (_missing.Count + _misshapen.Count >= InputLimits.Findings) throw Complaint([], ", and the rest was not looked at");
        var found = file.FindShape(name, wanted);
        if (found is null) _missing.TryAdd(name, $"wanted {Text(wanted)}");
        else if (Fits(found, wanted)) return found;
        else _misshapen.TryAdd(name, $"wanted {Text(wanted)}, found {Text(found)}{From(name)}");
        return null;
    }

    /// <summary>Looks for NaN and infinity in what was read.</summary>
    public void CheckFinite(string name, ReadOnlySpan<float> values)
    {
        long count = FloatReader.CountNonFinite(values);
        if (count > 0) _nonFinite.TryAdd(name, $"{count} of {values.Length} numbers are NaN or infinite{From(name)}");
    }

    /// <summary>Keeps that a table holds other numbers than those that the network computes.</summary>
    public void AddOther(string name, IReadOnlyList<long> shape) => _others.TryAdd(name, $"{Text(shape)}{From(name)}");

    /// <summary>True if the tensor was asked for before.</summary>
    public bool WasAsked(string name) => _asked.Contains(name);

    /// <summary>Throws if anything was found.</summary>
    public void VerifyAsked()
    {
        if (_missing.Count + _misshapen.Count + _others.Count + _nonFinite.Count > 0) throw Complaint([]);
    }

    /// <summary>Throws if anything was found, or if the file holds tensors that were not asked for.</summary>
    public void Verify()
    {
        string[] leftOver = [.. file.Names.Where(name => !_asked.Contains(name) && !ComputedTables.Contains(name))];
        if (leftOver.Length + _missing.Count + _misshapen.Count + _others.Count + _nonFinite.Count > 0) throw Complaint(leftOver);
    }

    private InputException Complaint(string[] leftOver, string more = "")
    {
        // Which of them are named does not depend on the order in which the file lists them.
        var shown = leftOver.Order(StringComparer.Ordinal).Take(InputLimits.Findings)
            .ToDictionary(name => name, name => $"{Text(file.FindShape(name, [])!)}{From(name)}");
        (string Word, int Count, IReadOnlyDictionary<string, string> Tensors)[] lists =
        [
            ("missing", _missing.Count, _missing), ("of another shape", _misshapen.Count, _misshapen),
            ("of other numbers than the network's", _others.Count, _others), ("left over", leftOver.Length, shown),
            ("not finite", _nonFinite.Count, _nonFinite),
        ];
        var counts = lists.Where(list => list.Count > 0).Select(list => $"{list.Count} {list.Word}");
        return new InputException(
            Code(leftOver.Length),
            $"{file.Origin}: {What(leftOver.Length)}; tensors: {string.Join(", ", counts)}{more}",
            [.. lists.SelectMany(list => list.Tensors.Select(tensor => $"{list.Word}: {InputText.Name(tensor.Key)} {tensor.Value}"))]);
    }

    /// <summary>Equal, but for axes of length 1 at the end of a matrix: a linear layer may be stored as a 1x1 convolution.</summary>
    private static bool Fits(IReadOnlyList<long> found, IReadOnlyList<long> wanted) =>
        found.SequenceEqual(wanted)
        || (wanted.Count == 2 && found.Count > 2 && found.Take(2).SequenceEqual(wanted) && found.Skip(2).All(length => length == 1));

    private InputCode Code(int leftOver) => (_missing.Count, _misshapen.Count + _others.Count + leftOver, _nonFinite.Count) switch
    {
        (0, 0, _) => InputCode.NotFinite,
        (_, 0, 0) => InputCode.Incomplete,
        _ => InputCode.Mismatch,
    };

    /// <summary>What is wrong and what to do. The sizes that do not fit stand in a configuration, or were told by other tensors.</summary>
    private string What(int leftOver) => Code(leftOver) switch
    {
        InputCode.NotFinite => "holds NaN or infinity, as a failed training or merge leaves them: take another",
        InputCode.Incomplete => "is not complete: download it again, or take another",
        _ => "does not fit the network that its configuration or its other tensors describe",
    };

    private static string Text(IReadOnlyList<long> shape) => $"[{string.Join(',', shape)}]";

    private string From(string name) => file.OriginOf(name) is var origin && origin != file.Origin ? $" in {origin}" : "";
}
