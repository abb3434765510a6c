namespace EvsNative.Pipelines.Scores;

/// <summary>
/// MT19937 (Matsumoto and Nishimura, 1998), seeded by its init_genrand: the 32-bit numbers behind torch.randint on a processor after
/// torch.manual_seed.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Length = 624, Middle = 397;
    private const uint Upper = 0x80000000, Lower = 0x7FFFFFFF, Twist = 0x9908B0DF;

    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    /// <summary>From a seed.</summary>
    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (uint i = 1; i < Length; i++) _state[i] = (1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30))) + i;
    }

    /// <summary>The next number, any of 32 bits.</summary>
    public uint Next()
    {
        if (_next == Length) Renew();
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    private void Renew()
    {
        for (int i = 0; i < Length; i++)
        {
            uint y = (_state[i] & Upper) | (_state[(i + 1) % Length] & Lower);
            _state[i] = _state[(i + Middle) % Length] ^ (y >> 1) ^ ((y & 1) == 1 ? Twist : 0);
        }

        _next = 0;
    }
}
