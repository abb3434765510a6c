namespace EvsNative.Kernels.Compile;

/// <summary>
/// The PTX that a call of an <c>[IntrinsicImplementation]</c> method becomes. <c>$d0</c>, <c>$d1</c>.. are the registers of the result,
/// <c>$0</c>, <c>$1</c>.. those of the arguments, structs taken apart field by field; <c>#0</c>.. are arguments that must be constants, as
/// immediates. One instruction to a line; registers of its own stand in braces, each brace on a line.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PtxAsmAttribute(string text) : Attribute
{
    public string Text => text;

    /// <summary>
    /// A static method of the same class and form that does the same in plain C#, for OpenCL. Without one the method is for PTX only; if it
    /// emits nothing in PTX, it emits nothing in OpenCL either.
    /// </summary>
    public string? Portable { get; init; }
}
