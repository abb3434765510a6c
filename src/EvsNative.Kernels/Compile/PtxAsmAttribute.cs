namespace EvsNative.Kernels.Compile;

/// <summary>
/// The PTX that a call of an <c>[IntrinsicImplementation]</c> method becomes. <c>$d0</c>, <c>$d1</c>.. are the registers of the result,
/// <c>$0</c>, <c>$1</c>.. those of the arguments, structs taken apart field by field; <c>#0</c>.. are arguments that must be constants, as
/// immediates. One instruction to a line; registers of its own stand in braces, each brace on a line.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PtxAsmAttribute(string text) : Attribute
{
    /// <summary>The oldest architecture and version of PTX (times ten) that every kernel is for: what all instructions may need.</summary>
    public const int OldestSm = 60, OldestIsa = 60;

    public string Text => text;

    /// <summary>The oldest architecture that has the instruction, such as 80.</summary>
    public int Sm { get; init; } = OldestSm;

    /// <summary>The oldest version of PTX that knows it, times ten, such as 74.</summary>
    public int Isa { get; init; } = OldestIsa;

    /// <summary>No other architecture has it, not even later ones: those of sm_90a.</summary>
    public bool IsSpecific { get; init; }

    /// <summary>
    /// A static method of the same class and form that does the same in plain C#, for OpenCL. Without one the method is for PTX only; if it
    /// emits nothing in PTX, it emits nothing in OpenCL either.
    /// </summary>
    public string? Portable { get; init; }
}
