using EvsNative.Kernels;

namespace EvsNative.Models.Tests.Sampling;

/// <summary>
/// The stream of torch.randn on the CPU: Mersenne Twister 19937, one 32-bit output a number, Box-Muller over blocks of sixteen. For
/// float32 and at least sixteen numbers a call; torch takes other paths elsewhere.
/// </summary>
internal sealed class TorchNoise
{
    private const int Size = 624, Middle = 397, Block = 16;

    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    /// <summary>As torch.Generator().manual_seed(seed).</summary>
    public TorchNoise(ulong seed)
    {
        _state[0] = (uint)seed;
        for (int i = 1; i < Size; i++) _state[i] = (1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i;
    }

    /// <summary>The next call of torch.randn for <paramref name="count"/> numbers, in torch's order.</summary>
    public float[] Normal(int count)
    {
        if (count < Block) throw new ArgumentOutOfRangeException(nameof(count), count, "torch draws fewer than 16 numbers in another way");
        float[] y = new float[count];
        for (int i = 0; i < count; i++) y[i] = Uniform();
        for (int at = 0; at + Block <= count; at += Block) BoxMuller(y.AsSpan(at, Block));

        if (count % Block != 0)
        {
            var tail = y.AsSpan(count - Block);
            for (int i = 0; i < Block; i++) tail[i] = Uniform();
            BoxMuller(tail);
        }

        return y;
    }

    /// <summary>The same as a tensor [N,H,W,C], where torch's order is [N,C,H,W].</summary>
    public float[] Normal(Shape shape) => ChannelsLast(Normal((int)shape.Count), shape);

    /// <summary>Reorders [N,C,H,W] to [N,H,W,C].</summary>
    public static float[] ChannelsLast(ReadOnlySpan<float> values, Shape shape)
    {
        float[] y = new float[values.Length];
        int pixels = shape.Pixels;
        for (int n = 0; n < shape.N; n++)
        {
            for (int c = 0; c < shape.C; c++)
            {
                var plane = values.Slice(((n * shape.C) + c) * pixels, pixels);
                for (int p = 0; p < pixels; p++) y[(((n * pixels) + p) * shape.C) + c] = plane[p];
            }
        }

        return y;
    }

    private static void BoxMuller(Span<float> block)
    {
        for (int j = 0; j < Block / 2; j++)
        {
            float radius = MathF.Sqrt(-2 * MathF.Log(1 - block[j])), angle = 2 * MathF.PI * block[j + 8];
            (block[j], block[j + 8]) = (radius * MathF.Cos(angle), radius * MathF.Sin(angle));
        }
    }

    private float Uniform() => (Next() & 0xFFFFFF) * (1f / (1 << 24));

    private uint Next()
    {
        if (_next == Size) Twist();
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    private void Twist()
    {
        for (int i = 0; i < Size; i++)
        {
            uint y = (_state[i] & 0x80000000) | (_state[(i + 1) % Size] & 0x7FFFFFFF);
            _state[i] = _state[(i + Middle) % Size] ^ (y >> 1) ^ ((y & 1) * 0x9908B0DF);
        }

        _next = 0;
    }
}
