namespace EvsNative.Fuzz.Mutation;

/// <summary>
/// Random numbers that are the same on every machine and in every version of .NET: splitmix64 (Steele, Lea and Flood 2014), started by the
/// name of a parser and the number of a case.
/// </summary>
/// <param name="seed">where to start</param>
internal sealed class Dice(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15, FnvBasis = 0xCBF29CE484222325, FnvPrime = 0x100000001B3;
    private ulong _state = seed;

    /// <summary>The dice of a case.</summary>
    public static Dice Of(string name, long number)
    {
        ulong hash = FnvBasis;
        foreach (char c in name) hash = (hash ^ c) * FnvPrime;
        return new Dice(hash + ((ulong)number * Golden * Golden));
    }

    /// <summary>Any 64 bits.</summary>
    public ulong Bits()
    {
        ulong z = _state += Golden;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to one less than the number.</summary>
    public int Below(int count) => (int)(Bits() % (uint)count);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int count) => Below(count) == 0;

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> all) => all[Below(all.Count)];

    /// <summary>Any bytes.</summary>
    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) bytes[i] = (byte)Bits();
        return bytes;
    }

    /// <summary>A small number, 1 most often: how many changes to make.</summary>
    public int Few()
    {
        int count = 1;
        while (count < 12 && Below(2) == 0) count++;
        return count;
    }

    /// <summary>The same in another order.</summary>
    public T[] Shuffle<T>(IEnumerable<T> all)
    {
        T[] list = [.. all];
        for (int i = list.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }

        return list;
    }
}
