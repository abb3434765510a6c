using System.Buffers.Binary;
using EvsNative.Fuzz.Seeds;

namespace EvsNative.Fuzz.Mutation;

/// <summary>Changes a safetensors file: its header by JSON's grammar, the header's length, the numbers.</summary>
internal static class SafetensorsMutation
{
    /// <summary>A few changes.</summary>
    public static byte[] Change(Dice dice, byte[] seed)
    {
        if (dice.OneIn(5) || seed.Length < SafetensorsSeeds.LengthBytes) return ByteMutation.Change(dice, seed);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(seed);
        byte[] header = JsonMutation.Change(dice, seed[SafetensorsSeeds.LengthBytes..(SafetensorsSeeds.LengthBytes + length)]);
        byte[] numbers = seed[(SafetensorsSeeds.LengthBytes + length)..];
        if (dice.OneIn(8)) numbers = ByteMutation.Change(dice, numbers);
        return SafetensorsSeeds.File(header, numbers, dice.OneIn(6) ? LengthNear(dice, header.Length) : header.Length);
    }

    private static long LengthNear(Dice dice, int length) => dice.OneIn(2) ? length + dice.Below(5) - 2 : Absurd.Integer(dice);
}
