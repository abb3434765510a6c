namespace EvsNative.Kernels.Cpu;

/// <summary>
/// The vectors of one instruction set as a compile-time choice. A kernel generic over it is written once and compiled for each width, with
/// the vectors themselves as locals: nothing is wrapped, nothing is called. <c>default</c> of the vector is zero.
/// </summary>
/// <typeparam name="TVector">a vector of float32</typeparam>
internal unsafe interface ISimd<TVector> where TVector : struct
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Vectors across a tile of the product: six rows of them and what feeds them fill the registers.</summary>
    static abstract int TileVectors { get; }

    /// <summary>Longest stretch of the summed axis whose panel and rows stay in the first cache.</summary>
    static abstract int LongestSegment { get; }

    static abstract TVector Load(float* from);

    static abstract void Store(TVector v, float* to);

    /// <summary>
    /// The number in memory in every lane. A load port does it; from a register it would take one of the two multiply-add ports.
    /// </summary>
    static abstract TVector Broadcast(float* from);

    static abstract TVector Create(float value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a b + c, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>
    /// The larger of each pair, b where either is NaN: the one instruction that x86 has. (Arm gives NaN, which is as good.)
    /// </summary>
    static abstract TVector Max(TVector a, TVector b);

    static abstract TVector Abs(TVector v);

    static abstract TVector CopySign(TVector value, TVector sign);

    /// <summary>Where a &lt;= b the one, elsewhere (NaN too) the other.</summary>
    static abstract TVector SelectLessOrEqual(TVector a, TVector b, TVector then, TVector otherwise);

    /// <summary>value 2^n, n being the integer in the lowest bits of <paramref name="n"/>; value and result are normal numbers.</summary>
    static abstract TVector ScaleByPower(TVector value, TVector n);

    static abstract float First(TVector v);

    static abstract float Sum(TVector v);

    /// <summary>True if each of a is at most that of b; false if any is NaN.</summary>
    static abstract bool AreLessOrEqual(TVector a, TVector b);

    /// <summary>As many binary16 numbers, exactly.</summary>
    static abstract TVector LoadHalves(ushort* from);

    /// <summary>As many bfloat16 numbers, exactly.</summary>
    static abstract TVector LoadBrains(ushort* from);
}
