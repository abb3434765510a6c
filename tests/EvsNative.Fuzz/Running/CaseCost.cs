namespace EvsNative.Fuzz.Running;

/// <summary>What a case took.</summary>
/// <param name="Allocated">bytes that were allocated while it was read, given back or not</param>
/// <param name="Free">bytes that are allowed whatever its size: the parser's usual ones, and what its file rightly unfolds to</param>
/// <param name="Given">bytes of its files</param>
internal readonly record struct CaseCost(long Allocated, long Free, long Given)
{
    /// <summary>What was allocated beyond the free bytes, over the file's size.</summary>
    public double Factor => Math.Max(0, Allocated - Free) / (double)Math.Max(1, Given);

    /// <summary>Whether it is more than may be.</summary>
    public bool IsTooMuch => Factor > FuzzLimits.Factor;
}
