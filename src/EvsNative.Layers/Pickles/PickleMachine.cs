using System.Buffers.Binary;
using System.Text;

namespace EvsNative.Layers.Pickles;

/// <summary>
/// Reads a pickle without running anything: values are put together from a short list of steps, and names mean what
/// <see cref="IPickleWords"/> says, nothing else. Python's own machine may call any function by its name; this one has no way to. Source:
/// Python's Lib/pickle.py, protocols 2 to 5.
/// </summary>
/// <param name="input">the pickle</param>
/// <param name="words">the names that it may say</param>
/// <remarks>
/// Values are null, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/>, arrays of bytes,
/// <see cref="PickleTuple"/>, <see cref="PickleList"/>, <see cref="PickleDictionary"/>, <see cref="PickleName"/>, and what the words give.
/// </remarks>
internal sealed class PickleMachine(PickleInput input, IPickleWords words)
{
    private const int NewestProtocol = 5, OldestProtocol = 2, SmallNumbers = 256;
    private static readonly object[] Small = [.. Enumerable.Range(0, SmallNumbers).Select(number => (object)(long)number)];
    private static readonly object True = true, False = false;

    private readonly PickleStack _stack = new(input);

    /// <summary>Longest integer, in bytes, at most 16; one of more than 8 is given as a <see cref="UInt128"/> of its bits.</summary>
    public int LongestInteger { get; init; } = sizeof(long);

    /// <summary>The value that the pickle is.</summary>
    /// <exception cref="InputException">it is damaged, asks for what is not known, or goes beyond a limit</exception>
    public object? Run()
    {
        for (int step = 1; step <= InputLimits.PickleSteps; step++)
        {
            byte opcode = input.Opcode();
            if (opcode == (byte)PickleOpcode.Stop) return _stack.Last();
            if (opcode == (byte)PickleOpcode.Proto) CheckProtocol(step);
            else if (!Scalar(opcode) && !Container(opcode) && !Memo(opcode, step) && !Named(opcode)) throw PickleRefusals.Of(opcode, input);
        }

        throw input.TooLarge($"more than {InputLimits.PickleSteps} steps");
    }

    private void CheckProtocol(int step)
    {
        long protocol = input.Number(1);
        if (step > 1) throw input.Damaged("it starts anew in its middle");
        if (protocol is < OldestProtocol or > NewestProtocol) throw input.Unsupported($"a pickle of protocol {protocol}");
    }

    /// <summary>Numbers, texts, bytes and words.</summary>
    private bool Scalar(byte opcode)
    {
        switch ((PickleOpcode)opcode)
        {
            case PickleOpcode.None: _stack.Push(null); return true;
            case PickleOpcode.NewTrue: _stack.Push(True); return true;
            case PickleOpcode.NewFalse: _stack.Push(False); return true;
            case PickleOpcode.BinInt: _stack.Push(Integer(BinaryPrimitives.ReadInt32LittleEndian(input.Take(4)))); return true;
            case PickleOpcode.BinInt1: _stack.Push(Integer(input.Number(1))); return true;
            case PickleOpcode.BinInt2: _stack.Push(Integer(input.Number(2))); return true;
            case PickleOpcode.Long1: _stack.Push(LongInteger()); return true;
            case PickleOpcode.BinFloat: _stack.Push(BinaryPrimitives.ReadDoubleBigEndian(input.Take(8))); return true;
            case PickleOpcode.BinUnicode: _stack.Push(input.Text(input.Number(4))); return true;
            case PickleOpcode.ShortBinUnicode: _stack.Push(input.Text(input.Number(1))); return true;
            case PickleOpcode.BinUnicode8: _stack.Push(input.Text(input.Number(8))); return true;
            case PickleOpcode.BinString: _stack.Push(Encoding.Latin1.GetString(input.Take(input.Number(4)))); return true;
            case PickleOpcode.ShortBinString: _stack.Push(Encoding.Latin1.GetString(input.Take(input.Number(1)))); return true;
            case PickleOpcode.BinBytes: _stack.Push(input.Take(input.Number(4)).ToArray()); return true;
            case PickleOpcode.ShortBinBytes: _stack.Push(input.Take(input.Number(1)).ToArray()); return true;
            case PickleOpcode.BinBytes8: _stack.Push(input.Take(input.Number(8)).ToArray()); return true;
            case PickleOpcode.Frame: input.Take(8); return true;
            default: return false;
        }
    }

    private bool Container(byte opcode)
    {
        switch ((PickleOpcode)opcode)
        {
            case PickleOpcode.Mark: _stack.Mark(); return true;
            case PickleOpcode.EmptyTuple: _stack.Push(PickleTuple.Empty); return true;
            case PickleOpcode.EmptyList: _stack.Push(new PickleList()); return true;
            case PickleOpcode.EmptyDict: _stack.Push(new PickleDictionary()); return true;
            case PickleOpcode.Tuple: _stack.Push(new PickleTuple(_stack.TakeToMark(), input)); return true;
            case PickleOpcode.Tuple1: _stack.Push(_stack.Tuple(1)); return true;
            case PickleOpcode.Tuple2: _stack.Push(_stack.Tuple(2)); return true;
            case PickleOpcode.Tuple3: _stack.Push(_stack.Tuple(3)); return true;
            case PickleOpcode.Append:
                object? item = _stack.Pop();
                _stack.Top<PickleList>().Add(item, input);
                return true;
            case PickleOpcode.Appends:
                object?[] several = _stack.TakeToMark();
                _stack.Top<PickleList>().AddRange(several, input);
                return true;
            case PickleOpcode.SetItem:
                object? value = _stack.Pop(), key = _stack.Pop();
                _stack.Top<PickleDictionary>().Add(key, value, input);
                return true;
            case PickleOpcode.SetItems:
                SetItems(_stack.TakeToMark());
                return true;
            default: return false;
        }
    }

    private bool Memo(byte opcode, int step)
    {
        switch ((PickleOpcode)opcode)
        {
            case PickleOpcode.BinPut: _stack.Put(input.Number(1), Math.Max(step, SmallNumbers)); return true;
            case PickleOpcode.LongBinPut: _stack.Put(input.Number(4), step); return true;
            case PickleOpcode.Memoize: _stack.Put(null, step); return true;
            case PickleOpcode.BinGet: _stack.Get(input.Number(1)); return true;
            case PickleOpcode.LongBinGet: _stack.Get(input.Number(4)); return true;
            default: return false;
        }
    }

    /// <summary>Names, and what is asked of them.</summary>
    private bool Named(byte opcode)
    {
        switch ((PickleOpcode)opcode)
        {
            case PickleOpcode.Global:
                string module = input.Line();
                _stack.Push(words.Find(module, input.Line(), input));
                return true;
            case PickleOpcode.StackGlobal:
                string name = _stack.Pop<string>();
                _stack.Push(words.Find(_stack.Pop<string>(), name, input));
                return true;
            case PickleOpcode.Reduce:
                var arguments = _stack.Pop<PickleTuple>();
                _stack.Push(words.Call(_stack.Pop<PickleName>(), arguments, input));
                return true;
            case PickleOpcode.NewObj:
                var parts = _stack.Pop<PickleTuple>();
                _stack.Push(words.New(_stack.Pop<PickleName>(), parts, input));
                return true;
            case PickleOpcode.Build:
                object? state = _stack.Pop();
                words.Build(_stack.Top(), state, input);
                return true;
            case PickleOpcode.BinPersId:
                _stack.Push(words.Persistent(_stack.Pop(), input));
                return true;
            default: return false;
        }
    }

    private void SetItems(object?[] flat)
    {
        var target = _stack.Top<PickleDictionary>();
        if (flat.Length % 2 != 0) throw input.Damaged("a key of a dictionary has no value");
        for (int i = 0; i < flat.Length; i += 2) target.Add(flat[i], flat[i + 1], input);
    }

    private static object Integer(long value) => value is >= 0 and < SmallNumbers ? Small[value] : value;

    /// <summary>Two's complement, the lowest byte first.</summary>
    private object LongInteger()
    {
        long bytes = input.Number(1);
        if (bytes > LongestInteger) throw input.Unsupported($"an integer of {bytes} bytes");
        var taken = input.Take(bytes);
        Span<byte> wide = stackalloc byte[16];
        wide.Fill(bytes > 0 && taken[^1] >= 0x80 ? byte.MaxValue : (byte)0);
        taken.CopyTo(wide);
        return bytes <= sizeof(long)
            ? Integer(BinaryPrimitives.ReadInt64LittleEndian(wide))
            : BinaryPrimitives.ReadUInt128LittleEndian(wide);
    }
}
