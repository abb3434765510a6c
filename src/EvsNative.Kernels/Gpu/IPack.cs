using ILGPU;

namespace EvsNative.Kernels.Gpu;

/// <summary>Neighbouring elements of a tensor that a thread moves in one access: a compile-time policy.</summary>
internal interface IPack
{
    /// <summary>Elements of an access. The tensor's place and every index are multiples of it.</summary>
    static abstract int Count { get; }

    /// <summary>Registers that hold them as they are read; a thread with several accesses under way keeps no more than these.</summary>
    static abstract int Words { get; }

    /// <summary>Reads the elements from an index on into registers from <paramref name="at"/> on.</summary>
    static abstract void Load(ArrayView<uint> words, int at, Operand x, long index);

    /// <summary>Numbers in the registers from <paramref name="at"/> on: four of them from the given one on, or the only one.</summary>
    static abstract Four Widen(ArrayView<uint> words, int at, int first);

    /// <summary>Puts numbers in their place.</summary>
    static abstract void Narrow(ArrayView<uint> words, int at, int first, Four values);

    /// <summary>Writes what is in the registers to the elements from an index on.</summary>
    static abstract void Store(Operand y, long index, ArrayView<uint> words, int at);

    /// <summary>Places for an access in a <see cref="FourWords"/> of shared memory.</summary>
    static abstract int PlacesEach { get; }

    /// <summary>Puts what is in the registers into a thread's place in shared memory.</summary>
    static abstract void Keep(ArrayView<FourWords> memory, int place, ArrayView<uint> words, int at);

    /// <summary>Brings it back.</summary>
    static abstract void Recall(ArrayView<uint> words, int at, ArrayView<FourWords> memory, int place);

    /// <summary>One element, at any index.</summary>
    static abstract float LoadOne(Operand x, long index);
}

/// <summary>One element: for rows of any length at any place.</summary>
internal readonly struct Single<TX> : IPack
    where TX : struct, IElement
{
    public static int Count => 1;

    public static int Words => 1;

    public static int PlacesEach => 4;

    public static void Load(ArrayView<uint> words, int at, Operand x, long index) => words[at] = Interop.FloatAsInt(TX.Load(x, index));

    public static Four Widen(ArrayView<uint> words, int at, int first) => Four.Of(Interop.IntAsFloat(words[at]), 0, 0, 0);

    public static void Narrow(ArrayView<uint> words, int at, int first, Four values) => words[at] = Interop.FloatAsInt(values.A);

    public static void Store(Operand y, long index, ArrayView<uint> words, int at) => TX.Store(y, index, Interop.IntAsFloat(words[at]));

    public static void Keep(ArrayView<FourWords> memory, int place, ArrayView<uint> words, int at) =>
        memory.Cast<uint>()[place] = words[at];

    public static void Recall(ArrayView<uint> words, int at, ArrayView<FourWords> memory, int place) =>
        words[at] = memory.Cast<uint>()[place];

    public static float LoadOne(Operand x, long index) => TX.Load(x, index);
}

/// <summary>Four elements: 16 bytes of float32.</summary>
internal readonly struct Fours<TX> : IPack
    where TX : struct, IElement
{
    public static int Count => 4;

    public static int Words => 4;

    public static int PlacesEach => 1;

    public static void Load(ArrayView<uint> words, int at, Operand x, long index) => Narrow(words, at, 0, TX.LoadFour(x, index));

    public static Four Widen(ArrayView<uint> words, int at, int first) => Four.Of(
        Interop.IntAsFloat(words[at]), Interop.IntAsFloat(words[at + 1]),
        Interop.IntAsFloat(words[at + 2]), Interop.IntAsFloat(words[at + 3]));

    public static void Narrow(ArrayView<uint> words, int at, int first, Four values)
    {
        words[at] = Interop.FloatAsInt(values.A);
        words[at + 1] = Interop.FloatAsInt(values.B);
        words[at + 2] = Interop.FloatAsInt(values.C);
        words[at + 3] = Interop.FloatAsInt(values.D);
    }

    public static void Store(Operand y, long index, ArrayView<uint> words, int at) => TX.StoreFour(y, index, Widen(words, at, 0));

    public static void Keep(ArrayView<FourWords> memory, int place, ArrayView<uint> words, int at) =>
        memory[place] = FourWords.Of(words, at);

    public static void Recall(ArrayView<uint> words, int at, ArrayView<FourWords> memory, int place) =>
        FourWords.Put(words, at, memory[place]);

    public static float LoadOne(Operand x, long index) => TX.Load(x, index);
}

/// <summary>Eight elements of binary16: 16 bytes, which stay as they are until they are numbers.</summary>
internal readonly struct EightHalves : IPack
{
    public static int Count => 8;

    public static int Words => 4;

    public static int PlacesEach => 1;

    public static void Load(ArrayView<uint> words, int at, Operand x, long index) =>
        FourWords.Put(words, at, x.Memory.Cast<FourWords>()[(x.Offset + index) >> 3]);

    public static Four Widen(ArrayView<uint> words, int at, int first)
    {
        uint low = words[at + (first / 2)], high = words[at + (first / 2) + 1];
        return Four.Of(Float16Element.Low(low), Float16Element.High(low), Float16Element.Low(high), Float16Element.High(high));
    }

    public static void Narrow(ArrayView<uint> words, int at, int first, Four values)
    {
        words[at + (first / 2)] = Float16Element.Both(values.A, values.B);
        words[at + (first / 2) + 1] = Float16Element.Both(values.C, values.D);
    }

    public static void Store(Operand y, long index, ArrayView<uint> words, int at) =>
        y.Memory.Cast<FourWords>()[(y.Offset + index) >> 3] = FourWords.Of(words, at);

    public static void Keep(ArrayView<FourWords> memory, int place, ArrayView<uint> words, int at) =>
        memory[place] = FourWords.Of(words, at);

    public static void Recall(ArrayView<uint> words, int at, ArrayView<FourWords> memory, int place) =>
        FourWords.Put(words, at, memory[place]);

    public static float LoadOne(Operand x, long index) => Float16Element.Load(x, index);
}

/// <summary>16 bytes as they lie in memory.</summary>
internal struct FourWords
{
    public uint A, B, C, D;

    public static FourWords Of(ArrayView<uint> words, int at) =>
        new() { A = words[at], B = words[at + 1], C = words[at + 2], D = words[at + 3] };

    public static void Put(ArrayView<uint> words, int at, FourWords four)
    {
        words[at] = four.A;
        words[at + 1] = four.B;
        words[at + 2] = four.C;
        words[at + 3] = four.D;
    }
}
