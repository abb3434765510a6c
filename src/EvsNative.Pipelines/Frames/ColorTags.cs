using System.Collections.Frozen;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// How the brightness and the two colour differences of a video stand for red, green and blue, in ffprobe's words (those of ITU-T H.273). A
/// result is written as its clip was, so that players which go by such tags treat both alike.
/// </summary>
/// <param name="IsFull">whether brightness uses all numbers, 0 to 255 of 8 bits ("pc"), and not 16 to 235 alone ("tv")</param>
/// <param name="Matrix">from RGB to brightness and differences</param>
/// <param name="Primaries">which red, green and blue; <see cref="Unknown"/> where the clip does not say</param>
/// <param name="Transfer">how numbers become light; <see cref="Unknown"/> where the clip does not say</param>
public sealed record ColorTags(bool IsFull, string Matrix, string Primaries, string Transfer)
{
    /// <summary>What is not said.</summary>
    public const string Unknown = "unknown";

    private const string Ordinary = "bt709";

    /// <summary>Matrices that ffmpeg converts with, by ffprobe's names, and what its filter "scale" calls them.</summary>
    private static readonly FrozenDictionary<string, string> Matrices = new Dictionary<string, string>
    {
        ["bt709"] = "bt709",
        ["fcc"] = "fcc",
        ["bt470bg"] = "bt470",
        ["smpte170m"] = "smpte170m",
        ["smpte240m"] = "smpte240m",
        ["bt2020nc"] = "bt2020",
    }.ToFrozenDictionary();

    /// <summary>Curves whose names differ between ffprobe and the encoders' options.</summary>
    private static readonly FrozenDictionary<string, string> TransferOptions =
        new Dictionary<string, string> { ["bt470m"] = "gamma22", ["bt470bg"] = "gamma28" }.ToFrozenDictionary();

    /// <summary>BT.709 in limited range: what is written where a clip says nothing else.</summary>
    public static ColorTags Usual { get; } = new(false, Ordinary, Ordinary, Ordinary);

    /// <summary>Those of a clip that is not converted to other colours.</summary>
    /// <param name="pixels">ffmpeg's name of its pixels</param>
    /// <param name="range">"pc", "tv" or nothing</param>
    /// <param name="matrix">its matrix, if it names one</param>
    /// <param name="primaries">its primaries, if it names them</param>
    /// <param name="transfer">its curve, if it names one</param>
    /// <returns>what to write; a matrix that nothing names, or that ffmpeg cannot convert with, becomes BT.709</returns>
    internal static ColorTags Of(string? pixels, string? range, string? matrix, string? primaries, string? transfer)
    {
        var format = new PixelFormat(pixels);
        if (!format.IsYuv && !format.IsGrey) return Usual;
        // Names such as yuvj420p say the range themselves.
        bool isFull = range == "pc" || pixels!.StartsWith("yuvj", StringComparison.Ordinal);
        bool isNamed = matrix is not null && Matrices.ContainsKey(matrix);
        // What a clip leaves open beside its matrix stays open.
        string absent = isNamed ? Unknown : Ordinary;
        return new ColorTags(isFull, isNamed ? matrix! : Ordinary, Named(primaries) ?? absent, Named(transfer) ?? absent);
    }

    /// <summary>"pc" or "tv".</summary>
    internal string Range => IsFull ? "pc" : "tv";

    /// <summary>The filters that make such pixels of RGB.</summary>
    /// <param name="pixels">ffmpeg's name of the pixels</param>
    /// <param name="shape">a filter between the pixels and their labels</param>
    internal string Filter(string pixels, string shape) =>
        $"scale={FfmpegTools.Scaling}:out_color_matrix={Matrices[Matrix]}:out_range={Range},format={pixels},{shape},"
        + $"setparams=range={Range}:color_primaries={Primaries}:color_trc={Transfer}:colorspace={Matrix}";

    /// <summary>What the encoder is told.</summary>
    internal string[] Options() =>
    [
        "-colorspace", Matrix, "-color_primaries", Primaries, "-color_trc", TransferOptions.GetValueOrDefault(Transfer, Transfer),
        "-color_range", Range,
    ];

    /// <summary>What differs in a file from this, in words such as "range pc"; empty where nothing does.</summary>
    /// <param name="found">what ffprobe says of the file</param>
    internal IEnumerable<string> DifferencesTo(ColorTags found)
    {
        if (found.IsFull != IsFull) yield return $"range {Range}";
        if (found.Matrix != Matrix) yield return $"matrix {Matrix}";
        if (found.Primaries != Primaries) yield return $"primaries {Primaries}";
        if (found.Transfer != Transfer) yield return $"curve {Transfer}";
    }

    /// <summary>A word that says something.</summary>
    private static string? Named(string? word) => word switch
    {
        null or "" or Unknown or "reserved" => null,
        "gamma22" => "bt470m",
        "gamma28" => "bt470bg",
        _ => word,
    };
}
