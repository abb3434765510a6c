using System.Runtime.InteropServices;

namespace EvsNative.Layers;

/// <summary>
/// Room for the numbers of one tensor at a time, of the host's memory and not of the collector's: what is given back is free at once.
/// </summary>
internal sealed unsafe class ReadingBuffer
{
    private float* _numbers;
    private int _count;

    ~ReadingBuffer() => Free();

    /// <summary>This many numbers, uninitialised; what was there before is gone.</summary>
    public Span<float> Take(int count)
    {
        if (count > _count)
        {
            Free();
            _numbers = (float*)NativeMemory.Alloc((nuint)count, sizeof(float));
            _count = count;
        }

        return new Span<float>(_numbers, count);
    }

    /// <summary>Gives the room back; it is taken anew when it is needed.</summary>
    public void Free()
    {
        NativeMemory.Free(_numbers);
        _numbers = null;
        _count = 0;
    }
}
