using System.Text;

namespace EvsNative.Fuzz.Mutation;

/// <summary>Changes a pickle step by step: steps lost, doubled, moved, taken from others, with other arguments and other names.</summary>
internal static class PickleMutation
{
    /// <summary>Steps of Python's pickles, read here or not.</summary>
    private const string Steps = "().BCGJKMNQRTUXabcehijloqrstu]}0128FILPSVdglp\u0080\u0081\u0085\u0086\u0087\u0088\u0089\u008a\u008b"
        + "\u008c\u008d\u008e\u008f\u0090\u0091\u0092\u0093\u0094\u0095\u0096\u0097\u0098";

    private static readonly string[] Names =
    [
        "torch._utils\n_rebuild_tensor_v2", "torch._utils\n_rebuild_tensor_v3", "torch._utils\n_rebuild_parameter", "torch\nFloatStorage",
        "torch.storage\nUntypedStorage", "torch\nfloat8_e5m2", "torch\nSize", "torch\ndevice", "collections\nOrderedDict",
        "collections\ndefaultdict", "collections\nCounter", "torch.nn.modules.container\nParameterDict", "numpy\ndtype",
        "numpy.core.multiarray\n_reconstruct", "_codecs\nencode", "torch._tensor\n_rebuild_from_type_v2", "os\nsystem", "builtins\nexec",
        "torch\nload", "torch\nComplexFloatStorage", "lightning.a\nB", "__builtin__\nset",
    ];

    /// <summary>A few changes.</summary>
    public static byte[] Change(Dice dice, byte[] seed, byte[] other)
    {
        if (dice.OneIn(6)) return ByteMutation.Change(dice, seed, other);
        var steps = Split(seed);
        var others = Split(other);
        for (int left = dice.Few(); left > 0 && steps.Count > 0; left--) Once(dice, steps, others);
        return [.. steps.SelectMany(step => step)];
    }

    /// <summary>The steps with their arguments; what is none is a step of one byte.</summary>
    public static List<byte[]> Split(byte[] pickle)
    {
        var steps = new List<byte[]>();
        for (int at = 0; at < pickle.Length;)
        {
            int length = Math.Clamp(Length(pickle, at), 1, pickle.Length - at);
            steps.Add(pickle[at..(at + length)]);
            at += length;
        }

        return steps;
    }

    private static void Once(Dice dice, List<byte[]> steps, List<byte[]> others)
    {
        int at = dice.Below(steps.Count), to = dice.Below(steps.Count);
        switch (dice.Below(9))
        {
            case 0: steps.RemoveAt(at); break;
            case 1: steps.Insert(to, steps[at]); break;
            case 2: (steps[at], steps[to]) = (steps[to], steps[at]); break;
            case 3: steps.InsertRange(at, others.Skip(dice.Below(others.Count)).Take(1 + dice.Below(12)).ToList()); break;
            case 4: steps.Insert(at, [(byte)dice.Pick(Steps.ToCharArray())]); break;
            case 5: steps[at] = [(byte)dice.Pick(Steps.ToCharArray()), .. steps[at][1..]]; break;
            case 6: steps[at] = Integer(dice); break;
            case 7: steps[at] = Encoding.UTF8.GetBytes($"c{dice.Pick(Names)}\n"); break;
            default:
                if (steps[at].Length > 1) steps[at] = [steps[at][0], .. ByteMutation.Change(dice, steps[at][1..])];
                break;
        }
    }

    private static byte[] Integer(Dice dice)
    {
        byte[] value = BitConverter.GetBytes(Absurd.Integer(dice));
        return dice.OneIn(2) ? [(byte)'J', .. value[..4]] : [0x8A, 8, .. value];
    }

    /// <summary>Bytes of a step. Source: Python's Lib/pickletools.py.</summary>
    private static int Length(byte[] pickle, int at)
    {
        switch (pickle[at])
        {
            case (byte)'K' or (byte)'q' or (byte)'h' or 0x80: return 2;
            case (byte)'M': return 3;
            case (byte)'J' or (byte)'r' or (byte)'j': return 5;
            case (byte)'G' or 0x95: return 9;
            case (byte)'U' or (byte)'C' or 0x8A or 0x8C: return at + 1 < pickle.Length ? 2 + pickle[at + 1] : 2;
            case (byte)'X' or (byte)'T' or (byte)'B':
                return at + 4 < pickle.Length ? (int)Math.Min(int.MaxValue, 5L + BitConverter.ToUInt32(pickle, at + 1)) : 5;
            case (byte)'c':
                int first = Array.IndexOf(pickle, (byte)'\n', at), second = first < 0 ? -1 : Array.IndexOf(pickle, (byte)'\n', first + 1);
                return second < 0 ? 1 : second + 1 - at;
            default: return 1;
        }
    }
}
