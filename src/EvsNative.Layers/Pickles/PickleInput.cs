using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace EvsNative.Layers.Pickles;

/// <summary>
/// The bytes of a pickle where they lie in a file, read through a small buffer. What a pickle says of a length is held against what is left
/// before anything is made for it.
/// </summary>
internal sealed class PickleInput
{
    private const int UsualBytes = 1 << 14, LongestName = 1000;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly FileBytes _file;
    private readonly long _begin, _end;
    private byte[] _buffer;
    private long _bufferAt;
    private int _next, _filled;

    /// <summary>Reads from the start of a pickle.</summary>
    /// <param name="file">the file</param>
    /// <param name="begin">the first byte of the pickle</param>
    /// <param name="end">the byte behind the last that may belong to it</param>
    public PickleInput(FileBytes file, long begin, long end)
    {
        (_file, _begin, _end) = (file, begin, end);
        (_bufferAt, StepPlace) = (begin, begin);
        _buffer = new byte[Math.Min(UsualBytes, end - begin)];
    }

    /// <summary>The place in the file of the next byte.</summary>
    public long Place => _bufferAt + _next;

    /// <summary>Bytes that are left.</summary>
    public long Left => _end - Place;

    /// <summary>The place in the file of the step that is being done, for messages.</summary>
    public long StepPlace { get; private set; }

    /// <summary>The next step's opcode.</summary>
    public byte Opcode()
    {
        StepPlace = Place;
        return Take(1)[0];
    }

    /// <summary>An unsigned number of one, two, four or eight bytes; what does not fit a long is longer than any file.</summary>
    public long Number(int bytes)
    {
        var taken = Take(bytes);
        return bytes switch
        {
            1 => taken[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(taken),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(taken),
            _ => (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(taken), long.MaxValue),
        };
    }

    /// <summary>The next bytes, which stand until the next call.</summary>
    /// <exception cref="InputException">fewer are left</exception>
    public ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > Left) throw Damaged("it ends too early");
        if (count > _filled - _next) Fill((int)count);
        _next += (int)count;
        return _buffer.AsSpan(_next - (int)count, (int)count);
    }

    /// <summary>A text of so many bytes.</summary>
    public string Text(long bytes)
    {
        try
        {
            return Strict.GetString(Take(bytes));
        }
        catch (DecoderFallbackException)
        {
            throw Damaged("a text in it is not UTF-8");
        }
    }

    /// <summary>A name that ends with a line.</summary>
    public string Line()
    {
        var line = new ArrayBufferWriter<byte>(64);
        for (byte next; (next = Take(1)[0]) != (byte)'\n';)
        {
            if (line.WrittenCount == LongestName) throw Damaged("a name in it has no end");
            line.Write([next]);
        }

        return Encoding.UTF8.GetString(line.WrittenSpan);
    }

    /// <summary>The pickle breaks the rules of pickles.</summary>
    public InputException Damaged(string what) =>
        Fault(InputCode.Damaged, $"its pickle is damaged: {what}", "download it again");

    /// <summary>The pickle asks for something that only running it could give. Short, so that a long path leaves its name whole.</summary>
    public InputException Unsafe(string what) => Fault(
        InputCode.Unsafe, $"asks for {what}: nothing was run", "take its safetensors file, or save its state_dict() again");

    /// <summary>The pickle holds something of PyTorch that is not read here.</summary>
    public InputException Unsupported(string what) =>
        Fault(InputCode.Unsupported, $"holds {what}, which is not read", "save it again as float16 or float32");

    /// <summary>The pickle goes beyond a limit.</summary>
    public InputException TooLarge(string what) => Fault(InputCode.TooLarge, $"its pickle has {what}", "check the file");

    private InputException Fault(InputCode code, string what, string advice) =>
        new(code, $"{_file.Path}: {what} (byte {StepPlace - _begin} of its pickle): {advice}");

    /// <summary>Makes so many bytes stand in the buffer; they are known to be in the file.</summary>
    private void Fill(int count)
    {
        int kept = _filled - _next;
        var rest = _buffer.AsSpan(_next, kept);
        if (count > _buffer.Length)
        {
            byte[] larger = new byte[count];
            rest.CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            rest.CopyTo(_buffer);
        }

        (_bufferAt, _next) = (Place, 0);
        _filled = (int)Math.Min(_buffer.Length, _end - _bufferAt);
        _file.ReadExactly(_buffer.AsSpan(kept, _filled - kept), _bufferAt + kept);
    }
}
