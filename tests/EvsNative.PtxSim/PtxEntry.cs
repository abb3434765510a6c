using System.Runtime.InteropServices;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim;

/// <summary>A parameter of a kernel: its place in the argument buffer, in bytes.</summary>
public sealed record PtxParameter(string Name, int Offset, int Bytes, int Alignment);

/// <summary>A kernel, decoded.</summary>
public sealed class PtxEntry
{
    private readonly ulong[] _constants;
    private readonly Lazy<IReadOnlyList<PtxLoop>> _loops;
    private readonly Lazy<PtxInstruction[]> _code;

    private readonly EntryHeader _header;
    private readonly EntryBody _body;
    private readonly Lazy<IReadOnlyDictionary<string, int>> _opcodeCounts;

    internal PtxEntry(string name, EntryHeader header, EntryBody body, IReadOnlyList<PtxInstruction>? code = null)
    {
        (_header, _body) = (header, body);
        (Name, Parameters, MaxThreads, Instructions) = (name, header.Parameters, header.MaxThreads, code ?? body.Code);
        (Shared, DynamicSharedAddress, Local) = (body.Shared, body.DynamicSharedAddress, body.Local);
        (RegisterNames, Specials) = (body.RegisterNames, body.Specials);
        _constants = GC.AllocateUninitializedArray<ulong>(Math.Max(1, body.Constants.Count * 32), pinned: true);
        for (int row = 0; row < body.Constants.Count; row++) _constants.AsSpan(row * 32, 32).Fill(body.Constants[row]);
        _code = new Lazy<PtxInstruction[]>(() =>
        {
            PtxInstruction[] code = [.. Instructions];
            SurelyWritten.Note(code, Rows);
            return code;
        });
        _loops = new Lazy<IReadOnlyList<PtxLoop>>(() => LoopFinder.Of(Instructions));
        _opcodeCounts = new Lazy<IReadOnlyDictionary<string, int>>(
            () => Instructions.GroupBy(instruction => instruction.Opcode).ToDictionary(group => group.Key, group => group.Count()));
    }

    /// <summary>Name of the kernel.</summary>
    public string Name { get; }

    /// <summary>Its parameters.</summary>
    public IReadOnlyList<PtxParameter> Parameters { get; }

    /// <summary>Bytes of the argument buffer.</summary>
    public int ParameterBytes => Parameters.Count == 0 ? 0 : Parameters[^1].Offset + Parameters[^1].Bytes;

    /// <summary>Most threads of a block (<c>.maxntid</c> or <c>.reqntid</c>); 0 if the text does not say.</summary>
    public int MaxThreads { get; }

    /// <summary>Bytes of shared memory that the text declares.</summary>
    public int StaticSharedBytes => Shared.DeviceBytes;

    /// <summary>Bytes of local memory of a thread that the text declares.</summary>
    public int LocalBytes => Local.DeviceBytes;

    /// <summary>The instructions in the order of the text.</summary>
    public IReadOnlyList<PtxInstruction> Instructions { get; }

    /// <summary>How often each opcode stands in the text, modifiers included.</summary>
    public IReadOnlyDictionary<string, int> OpcodeCounts => _opcodeCounts.Value;

    /// <summary>Its loops in the order of their beginnings.</summary>
    public IReadOnlyList<PtxLoop> Loops => _loops.Value;

    /// <summary>The instructions with notes for who runs them.</summary>
    internal PtxInstruction[] Code => _code.Value;

    /// <summary>
    /// The kernel with another statement in one of its lines, which takes a hundredth of the time of parsing it anew; null where the line
    /// is not one statement.
    /// </summary>
    /// <param name="line">from 1</param>
    /// <param name="statement">without its semicolon</param>
    /// <exception cref="PtxSyntaxException">the statement is not understood</exception>
    public PtxEntry? Changed(int line, string statement)
    {
        // Copies, since what is surely written at the lines that stayed is noted there and may differ now.
        return _body.Changed(line, statement) is { } code
            ? new PtxEntry(Name, _header, _body, [.. code.Select(instruction => instruction.Copy())])
            : null;
    }

    internal VariableLayout Shared { get; }

    internal int DynamicSharedAddress { get; }

    internal VariableLayout Local { get; }

    /// <summary>Rows of a warp's register file: registers, then special registers.</summary>
    internal int Rows => RegisterNames.Count;

    internal IReadOnlyList<string> RegisterNames { get; }

    internal IReadOnlyList<(string Name, int Row)> Specials { get; }

    internal unsafe ulong* Constants => (ulong*)Marshal.UnsafeAddrOfPinnedArrayElement(_constants, 0);
}
