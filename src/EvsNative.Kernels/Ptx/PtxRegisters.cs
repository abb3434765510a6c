namespace EvsNative.Kernels.Ptx;

/// <summary>The registers of a function with their types, as its declarations say them, and new ones.</summary>
internal sealed class PtxRegisters
{
    // ILGPU and our instructions have no names that begin so.
    private const string Prefix = "%v";

    private static readonly char[] Digits = [.. "0123456789"];

    private readonly PtxGraph _graph;
    private readonly Dictionary<string, string> _ranges = [];
    private readonly Dictionary<string, string> _types = [];
    private readonly SortedDictionary<string, List<string>> _made = new(StringComparer.Ordinal);
    private int _count;

    public PtxRegisters(PtxGraph graph)
    {
        _graph = graph;
        foreach (var line in graph.Declarations)
        {
            // .reg .b32 %r<8>; or .reg .b32 %a, %b;
            if (!line.Text.StartsWith(".reg", StringComparison.Ordinal)) continue;
            string[] words = line.Text[..^1].Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries);
            foreach (string name in words.AsSpan(2))
            {
                if (name.IndexOf('<') is > 0 and var end) _ranges[name[..end]] = words[1];
                else _types[name] = words[1];
                if (name.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(Prefix.Length), out int number))
                    _count = Math.Max(_count, number + 1);
            }
        }
    }

    /// <summary>Such as <c>.b32</c>; empty if nothing declares it.</summary>
    public string TypeOf(string register) =>
        _types.TryGetValue(register, out string? type) || _ranges.TryGetValue(register.TrimEnd(Digits), out type) ? type : "";

    /// <summary>Registers of 32 bits that it takes; none for a predicate, and for what is not declared.</summary>
    public int SizeOf(string register) => TypeOf(register) switch
    {
        ".b64" or ".u64" or ".s64" or ".f64" => 2,
        "" or ".pred" => 0,
        _ => 1,
    };

    /// <summary>A register that did not exist, of the type of another.</summary>
    public string Make(string like)
    {
        string type = TypeOf(like), name = $"{Prefix}{_count++}";
        if (!_made.TryGetValue(type, out var names)) _made[type] = names = [];
        names.Add(name);
        _types[name] = type;
        return name;
    }

    /// <summary>Declares the new ones that the graph still has.</summary>
    public void Declare()
    {
        var there = new HashSet<string>();
        foreach (var block in _graph.Blocks)
        {
            foreach (var line in block.Lines) there.UnionWith(line.Written);
        }

        foreach (var (type, names) in _made)
        {
            names.RemoveAll(name => !there.Contains(name));
            if (names.Count > 0) _graph.Declarations.Add(PtxLine.Parse($".reg {type}\t{string.Join(", ", names)};"));
        }

        _made.Clear();
    }
}
