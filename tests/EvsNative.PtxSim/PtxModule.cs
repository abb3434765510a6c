using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim;

/// <summary>PTX text, parsed and decoded: what a driver would load.</summary>
public sealed class PtxModule
{
    private PtxModule(string version, string target, IReadOnlyList<PtxEntry> entries) =>
        (Version, Target, Entries) = (version, target, entries);

    /// <summary>Version of the PTX ISA, as "8.4".</summary>
    public string Version { get; }

    /// <summary>The architecture, as "sm_80".</summary>
    public string Target { get; }

    /// <summary>The kernels in the order of the text.</summary>
    public IReadOnlyList<PtxEntry> Entries { get; }

    /// <summary>Parses a text. Functions that are no kernels are passed over: kernels that call one are refused.</summary>
    /// <exception cref="PtxSyntaxException">something is not understood; the message names line and text</exception>
    public static PtxModule Parse(string text)
    {
        string version = "", target = "";
        var shared = new List<Variable>();
        var entries = new List<PtxEntry>();
        var scanner = new PtxScanner(text);
        while (!scanner.IsAtEnd)
        {
            switch (scanner.Word())
            {
                case ".version":
                    version = scanner.Word();
                    break;
                case ".target":
                    target = scanner.RestOfLine();
                    break;
                case ".address_size":
                    if (scanner.Word() != "64") throw new PtxSyntaxException(scanner.Line, "addresses have 64 bits");
                    break;
                case ".file":
                    scanner.RestOfLine();
                    break;
                case ".visible" or ".weak" or ".extern":
                    break;
                case ".shared":
                    shared.Add(Variable.Parse(scanner));
                    scanner.Expect(';');
                    break;
                case ".func":
                    SkipFunction(scanner);
                    break;
                case ".entry":
                    entries.Add(EntryParser.Parse(scanner, shared));
                    break;
                case var word:
                    throw new PtxSyntaxException(scanner.Line, $"'{word}' is not understood");
            }
        }

        if (version.Length == 0 || target.Length == 0) throw new PtxSyntaxException(1, ".version and .target are missing");
        foreach (var instruction in entries.SelectMany(entry => entry.Instructions).DistinctBy(instruction => instruction.Opcode))
        {
            if (PtxRequirements.Missing(instruction.Opcode, version, target) is { } missing)
                throw new PtxSyntaxException(instruction.Line, $"'{instruction.Opcode}' {missing}");
        }

        return new PtxModule(version, target, entries);
    }

    /// <summary>The kernel of this name.</summary>
    public PtxEntry Entry(string name) =>
        Entries.FirstOrDefault(entry => entry.Name == name)
        ?? throw new KeyNotFoundException($"no kernel {name} in {string.Join(", ", Entries.Select(entry => entry.Name))}");

    private static void SkipFunction(PtxScanner scanner)
    {
        while (scanner.Next is not (';' or '{'))
        {
            if (scanner.Take('('))
            {
                scanner.Until(')');
                scanner.Expect(')');
            }
            else
            {
                scanner.Word();
            }
        }

        if (scanner.Take(';')) return;
        scanner.Expect('{');
        scanner.Until('}');
        scanner.Expect('}');
    }
}
