namespace EvsNative.Layers.Pickles;

/// <summary>The steps of Python's pickles that no file of weights needs, by their names in Python's documentation.</summary>
internal static class PickleRefusals
{
    private static readonly Dictionary<byte, string> Calls = new()
    {
        [(byte)'i'] = "INST",
        [(byte)'o'] = "OBJ",
        [(byte)'P'] = "PERSID",
        [0x82] = "EXT1",
        [0x83] = "EXT2",
        [0x84] = "EXT4",
        [0x92] = "NEWOBJ_EX",
    };

    private static readonly Dictionary<byte, string> Others = new()
    {
        [(byte)'0'] = "POP",
        [(byte)'1'] = "POP_MARK",
        [(byte)'2'] = "DUP",
        [(byte)'F'] = "FLOAT",
        [(byte)'I'] = "INT",
        [(byte)'L'] = "LONG",
        [(byte)'S'] = "STRING",
        [(byte)'V'] = "UNICODE",
        [(byte)'d'] = "DICT",
        [(byte)'l'] = "LIST",
        [(byte)'g'] = "GET",
        [(byte)'p'] = "PUT",
        [0x8B] = "LONG4",
        [0x8F] = "EMPTY_SET",
        [0x90] = "ADDITEMS",
        [0x91] = "FROZENSET",
        [0x96] = "BYTEARRAY8",
        [0x97] = "NEXT_BUFFER",
        [0x98] = "READONLY_BUFFER",
    };

    /// <summary>The refusal of a step: it would make or call something, it is not used by PyTorch, or it is none at all.</summary>
    public static InputException Of(byte opcode, PickleInput input)
    {
        if (Calls.TryGetValue(opcode, out string? call)) return input.Unsafe($"the step {call}");
        return Others.TryGetValue(opcode, out string? other)
            ? input.Unsupported($"the step {other}")
            : input.Damaged($"0x{opcode:x2} is no step of a pickle");
    }
}
