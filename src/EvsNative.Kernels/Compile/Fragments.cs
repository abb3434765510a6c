namespace EvsNative.Kernels.Compile;

/// <summary>Four 32-bit registers of a thread: a fragment of a matrix for tensor cores, or 16 bytes on their way.</summary>
internal struct Fragment
{
    public uint A, B, C, D;
}

/// <summary>Two of them: a right operand of 16 channels and 8 columns, or two of 8 channels.</summary>
internal struct FragmentHalf
{
    public uint A, B;
}

/// <summary>
/// Four sums of a thread: its part of a 16 x 8 block of a product. A and B are columns 2 t and 2 t + 1 of row g, C and D those of row g +
/// 8, for g = lane / 4 and t = lane % 4 (PTX ISA, "Matrix Fragments for mma.m16n8k16").
/// </summary>
internal struct Sums
{
    public float A, B, C, D;
}
