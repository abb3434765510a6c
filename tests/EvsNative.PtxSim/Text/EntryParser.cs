using EvsNative.PtxSim.Instructions;

namespace EvsNative.PtxSim.Text;

/// <summary>What stands before the body of a kernel.</summary>
internal sealed record EntryHeader(IReadOnlyList<PtxParameter> Parameters, int MaxThreads);

/// <summary>Reads a kernel: parameters, directives, declarations, labels; instructions go to <see cref="InstructionTable"/>.</summary>
internal sealed class EntryParser
{
    private readonly PtxScanner _scanner;
    private readonly EntryBody _body;
    private Scope _scope = new(null);
    private string _lastLabel = "";
    private int _lastLabelAt = -1;

    private EntryParser(PtxScanner scanner, EntryBody body) => (_scanner, _body) = (scanner, body);

    public static PtxEntry Parse(PtxScanner scanner, IEnumerable<Variable> shared)
    {
        string name = scanner.Word();
        var header = new EntryHeader(ParseParameters(scanner), ParseDirectives(scanner));
        var body = new EntryBody(header.Parameters);
        foreach (var variable in shared) body.AddShared(variable);
        new EntryParser(scanner, body).ParseBody();
        body.Finish();
        return new PtxEntry(name, header, body);
    }

    private static List<PtxParameter> ParseParameters(PtxScanner scanner)
    {
        var parameters = new List<PtxParameter>();
        scanner.Expect('(');
        int end = 0;
        while (!scanner.Take(')'))
        {
            if (parameters.Count > 0) scanner.Expect(',');
            if (scanner.Word() != ".param") throw new PtxSyntaxException(scanner.Line, "a parameter is missing");
            var variable = Variable.Parse(scanner);
            int offset = VariableLayout.RoundUp(end, variable.Alignment);
            parameters.Add(new PtxParameter(variable.Name, offset, variable.Bytes, variable.Alignment));
            end = offset + variable.Bytes;
        }

        return parameters;
    }

    private static int ParseDirectives(PtxScanner scanner)
    {
        int threads = 0, line = scanner.Line;
        string[] words = scanner.Until('{').Split([' ', '\t', '\r', '\n', ',', ';'], StringSplitOptions.RemoveEmptyEntries);
        for (int at = 0; at < words.Length; at++)
        {
            switch (words[at])
            {
                case ".maxntid" or ".reqntid":
                    threads = 1;
                    while (at + 1 < words.Length && int.TryParse(words[at + 1], out int size)) (threads, at) = (threads * size, at + 1);
                    break;
                case ".minnctapersm" or ".maxnreg" or ".pragma":
                    at++;
                    break;
                default:
                    throw new PtxSyntaxException(line, $"'{words[at]}' is not understood");
            }
        }

        return threads;
    }

    private void ParseBody()
    {
        _scanner.Expect('{');
        while (true)
        {
            if (_scanner.Take('{'))
            {
                _scope = new Scope(_scope);
            }
            else if (_scanner.Take('}'))
            {
                if (_scope.Outer is null) break;
                _scope = _scope.Outer;
            }
            else if (_scanner.Label() is { } label)
            {
                _scope.Label(label, _body.Code.Count);
                (_lastLabel, _lastLabelAt) = (label, _body.Code.Count);
            }
            else if (_scanner.Next == '.')
            {
                ParseDeclaration();
            }
            else if (!_scanner.Take(';'))
            {
                int line = _scanner.Line;
                string text = _scanner.Until(';');
                _scanner.Expect(';');
                Add(text, line);
            }
        }

        // Behind the last instruction a thread ends.
        bool canEnd = _body.Code.Count == 0 || _lastLabelAt == _body.Code.Count
            || _body.Code[^1] is not { Guard: < 0, Flow: Flow.Exit or Flow.Branch };
        if (canEnd) Add("ret", _scanner.Line);
    }

    private void Add(string text, int line)
    {
        _body.Add(InstructionTable.Decode(new Decoding(new Statement(text, line), _scope, _body)));
        _body.Place(line, _scope);
    }

    private void ParseDeclaration()
    {
        switch (_scanner.Word())
        {
            case ".reg":
                ParseRegisters();
                break;
            case ".extern":
                return;
            case ".shared":
                _body.AddShared(Variable.Parse(_scanner));
                break;
            case ".local":
                _body.AddLocal(Variable.Parse(_scanner));
                break;
            case ".branchtargets":
                _scope.Table(_lastLabel, [.. _scanner.Until(';').Split(',', StringSplitOptions.TrimEntries)]);
                break;
            case ".pragma":
                _scanner.Until(';');
                break;
            case ".loc":
                _scanner.RestOfLine();
                return;
            case var word:
                throw new PtxSyntaxException(_scanner.Line, $"'{word}' is not understood");
        }

        _scanner.Expect(';');
    }

    private void ParseRegisters()
    {
        string typeName = _scanner.Word();
        if (!PtxTypes.TryParse(typeName[1..], out var type))
            throw new PtxSyntaxException(_scanner.Line, $"registers of type {typeName} are not understood");
        do
        {
            string name = _scanner.Word();
            if (_scanner.Take('<'))
            {
                if (!int.TryParse(_scanner.Word(), out int count)) throw _scanner.Unexpected();
                _scanner.Expect('>');
                for (int i = 0; i < count; i++) _scope.Declare(name + i, type);
            }
            else
            {
                _scope.Declare(name, type);
            }
        }
        while (_scanner.Take(','));
    }
}
