namespace EvsNative.Fuzz.Mutation;

/// <summary>
/// Numbers and words at which readers have gone wrong: ends of ranges, wrong kinds, broken letters, names that lead elsewhere.
/// </summary>
internal static class Absurd
{
    /// <summary>Whole numbers near the ends of the types that hold them.</summary>
    public static readonly long[] Integers =
    [
        0, 1, 2, 3, 4, 7, 8, 9, 16, 31, 32, 64, 77, 127, 128, 255, 256, 512, 1000, 1024, 4096, 32767, 32768, 65535, 65536, 99_999_999,
        100_000_000, 100_000_001, 16_777_216, 1_073_741_824, int.MaxValue - 1, int.MaxValue, 2_147_483_648, 4_294_967_295, 4_294_967_296,
        1L << 40, long.MaxValue - 7, long.MaxValue - 1, long.MaxValue, long.MinValue, -1, -2, -8, int.MinValue,
    ];

    /// <summary>Numbers as they are written.</summary>
    public static readonly string[] Numbers =
    [
        .. Integers.Select(number => number.ToString()), "-0", "0.0", "-0.0", "0.5", "1.0", "1.5", "1e2", "1e-5", "-1e-5", "1e-320",
        "1e-400", "5e-324", "3.5e38", "1e40", "1e308", "1e309", "-1e309", "1e999", "1e99999999999", "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616", "99999999999999999999999999999999", "0.99999999999999999", "1.0000001", "2147483647.5", "0.18215",
    ];

    /// <summary>What people and programs write for numbers and JSON knows not.</summary>
    public static readonly string[] Oddities =
    [
        "NaN", "nan", "-nan", "Infinity", "inf", "-inf", "+3", "3.", ".5", "0x10", "1_000", "1,5", "1.000,5", "1,2", "0,0,0", ",", "1/0",
        "0/1", "0/0", "30000/1001", "2147483647/1", "1/2147483647", "4:3", "1;2", "1 2", "٣", "１２", "½", "1e", "e5", "--1", "1-1", "00012",
        "-", "+", "N/A", "unknown", "none", "null", "true", "TRUE", "False", "0b1", "1f", "1d", "1L", "%", "1%", "∞", "−1", "\u00a01",
    ];

    /// <summary>Letters that text breaks on.</summary>
    public static readonly string[] Letters =
    [
        "\0", "\u0001", "\u001b[31m", "\u001b]0;owned\u0007", "\r\n", "\u2028", "\u0085", "\u202e", "\ufeff", "\ufffd", "\u200b",
        "e\u0301", "İ", "ß", "ǅ", "ﷺ", "🎈", "👩‍👩‍👧", "\U000e0001",
        "\"", "\\", "'", "<script>", "{{x}}", "%s%n", "$(x)", "`x`", "&", "|", ";", "\t",
    ];

    /// <summary>Halves of letters: no text has them alone.</summary>
    public static readonly string[] Halves = ["\ud800", "\udfff", "\udc00\ud800", "a\ud83d"];

    /// <summary>Names of files that lead somewhere else, or nowhere.</summary>
    public static readonly string[] Paths =
    [
        "../../etc/passwd", "/etc/passwd", "/dev/zero", "C:\\x", "file:///etc/passwd", "http://127.0.0.1/x", "-i", "pipe:0", ".", "..", "",
        " ", "con", "a/b", "concat:a|b", "%03d.png",
    ];

    /// <summary>Words that model files have in other places.</summary>
    public static readonly string[] Words =
    [
        "epsilon", "v_prediction", "sample", "linear", "scaled_linear", "squaredcos_cap_v2", "leading", "trailing", "linspace", "gelu",
        "silu", "quick_gelu", "UNet2DConditionModel", "AutoencoderKL", "CLIPTextModel", "MotionAdapter", "CrossAttnDownBlock2D",
        "DownBlock2D",
        "UpBlock2D", "F32", "F16", "BF16", "F64", "F8_E4M3", "I64", "U8", "BOOL", "dtype", "shape", "data_offsets", "__metadata__", "pt",
        "model.diffusion_model.", "lightning-8", "animatediff", "text", "<|endoftext|>", "</w>", "#version: 0.2", "ddim", "evs", "tiny",
    ];

    /// <summary>A whole number for a place of eight, four or two bytes.</summary>
    public static long Integer(Dice dice) => dice.OneIn(4) ? (long)dice.Bits() : dice.Pick(Integers);

    /// <summary>A word of any kind, without halves of letters.</summary>
    public static string Word(Dice dice) => dice.Below(8) switch
    {
        0 or 1 => dice.Pick(Numbers),
        2 => dice.Pick(Oddities),
        3 => dice.Pick(Letters),
        4 => dice.Pick(Paths),
        5 => new string((char)('!' + dice.Below(94)), dice.Pick([2, 80, 300, 3000])),
        6 => dice.Pick(Letters) + dice.Pick(Words),
        _ => dice.Pick(Words),
    };
}
