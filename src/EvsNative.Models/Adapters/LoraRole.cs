namespace EvsNative.Models.Adapters;

/// <summary>What a tensor of a LoRA is to the change of its module; the formulas stand at <see cref="LoraModule"/>.</summary>
internal enum LoraRole
{
    /// <summary>The lower factor, [rank, in, ...].</summary>
    Down,

    /// <summary>The upper factor, [out, rank, ...].</summary>
    Up,

    /// <summary>The core between both in Tucker's form, [rank, rank, height, width].</summary>
    Middle,

    /// <summary>What the upper factor adds to the bias, [out].</summary>
    UpBias,

    /// <summary>The number that is divided by the rank.</summary>
    Alpha,

    /// <summary>The factor itself, in place of alpha over rank.</summary>
    Scale,

    /// <summary>The whole change of the weight, of its shape.</summary>
    Difference,

    /// <summary>The whole change of the bias, of its shape.</summary>
    BiasDifference,

    /// <summary>LoHa: the upper factor of the first product.</summary>
    Hadamard1A,

    /// <summary>LoHa: the lower factor of the first product.</summary>
    Hadamard1B,

    /// <summary>LoHa: the upper factor of the second product.</summary>
    Hadamard2A,

    /// <summary>LoHa: the lower factor of the second product.</summary>
    Hadamard2B,

    /// <summary>LoHa: the core of the first product in Tucker's form.</summary>
    Hadamard1Core,

    /// <summary>LoHa: the core of the second product in Tucker's form.</summary>
    Hadamard2Core,

    /// <summary>LoKr: the outer matrix.</summary>
    Kronecker1,

    /// <summary>LoKr: the upper factor of the outer matrix.</summary>
    Kronecker1A,

    /// <summary>LoKr: the lower factor of the outer matrix.</summary>
    Kronecker1B,

    /// <summary>LoKr: the inner matrix.</summary>
    Kronecker2,

    /// <summary>LoKr: the upper factor of the inner matrix.</summary>
    Kronecker2A,

    /// <summary>LoKr: the lower factor of the inner matrix.</summary>
    Kronecker2B,

    /// <summary>LoKr: the core of the inner matrix in Tucker's form.</summary>
    Kronecker2Core,
}
