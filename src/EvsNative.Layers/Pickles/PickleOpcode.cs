namespace EvsNative.Layers.Pickles;

/// <summary>The steps of a pickle, in Python's names. Source: Lib/pickletools.py.</summary>
internal enum PickleOpcode : byte
{
    /// <summary>A mark on the stack.</summary>
    Mark = (byte)'(',

    /// <summary>The end.</summary>
    Stop = (byte)'.',

    /// <summary>An empty tuple.</summary>
    EmptyTuple = (byte)')',

    /// <summary>Bytes, 4 of length.</summary>
    BinBytes = (byte)'B',

    /// <summary>A class or function by two lines.</summary>
    Global = (byte)'c',

    /// <summary>Bytes, 1 of length.</summary>
    ShortBinBytes = (byte)'C',

    /// <summary>A binary64, the highest byte first.</summary>
    BinFloat = (byte)'G',

    /// <summary>A value from the memo, 1 byte.</summary>
    BinGet = (byte)'h',

    /// <summary>A signed integer of 4 bytes.</summary>
    BinInt = (byte)'J',

    /// <summary>An unsigned integer of 1 byte.</summary>
    BinInt1 = (byte)'K',

    /// <summary>An unsigned integer of 2 bytes.</summary>
    BinInt2 = (byte)'M',

    /// <summary>None.</summary>
    None = (byte)'N',

    /// <summary>What is known by a persistent id: a tensor's storage.</summary>
    BinPersId = (byte)'Q',

    /// <summary>A value into the memo, 1 byte.</summary>
    BinPut = (byte)'q',

    /// <summary>A call.</summary>
    Reduce = (byte)'R',

    /// <summary>A value into the memo, 4 bytes.</summary>
    LongBinPut = (byte)'r',

    /// <summary>A value from the memo, 4 bytes.</summary>
    LongBinGet = (byte)'j',

    /// <summary>An entry of a dictionary.</summary>
    SetItem = (byte)'s',

    /// <summary>A text of Python 2, 4 bytes of length.</summary>
    BinString = (byte)'T',

    /// <summary>A tuple of what lies above the mark.</summary>
    Tuple = (byte)'t',

    /// <summary>A text of Python 2, 1 byte of length.</summary>
    ShortBinString = (byte)'U',

    /// <summary>Entries of a dictionary.</summary>
    SetItems = (byte)'u',

    /// <summary>A text, 4 bytes of length.</summary>
    BinUnicode = (byte)'X',

    /// <summary>A value of a list.</summary>
    Append = (byte)'a',

    /// <summary>The state of an object.</summary>
    Build = (byte)'b',

    /// <summary>Values of a list.</summary>
    Appends = (byte)'e',

    /// <summary>An empty list.</summary>
    EmptyList = (byte)']',

    /// <summary>An empty dictionary.</summary>
    EmptyDict = (byte)'}',

    /// <summary>The protocol, at the start.</summary>
    Proto = 0x80,

    /// <summary>A new object of a class.</summary>
    NewObj = 0x81,

    /// <summary>A tuple of one.</summary>
    Tuple1 = 0x85,

    /// <summary>A tuple of two.</summary>
    Tuple2 = 0x86,

    /// <summary>A tuple of three.</summary>
    Tuple3 = 0x87,

    /// <summary>True.</summary>
    NewTrue = 0x88,

    /// <summary>False.</summary>
    NewFalse = 0x89,

    /// <summary>An integer of up to 255 bytes.</summary>
    Long1 = 0x8A,

    /// <summary>A text, 1 byte of length.</summary>
    ShortBinUnicode = 0x8C,

    /// <summary>A text, 8 bytes of length.</summary>
    BinUnicode8 = 0x8D,

    /// <summary>Bytes, 8 of length.</summary>
    BinBytes8 = 0x8E,

    /// <summary>A class or function by two texts on the stack.</summary>
    StackGlobal = 0x93,

    /// <summary>A value into the next place of the memo.</summary>
    Memoize = 0x94,

    /// <summary>A length that only buffers need.</summary>
    Frame = 0x95,
}
