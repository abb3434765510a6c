using System.Globalization;
using System.Text;
using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models.Adapters;

/// <summary>
/// What the words around a LoRA say about its strength, where no tensor says it: PEFT's settings, in diffusers' metadata or in
/// adapter_config.json beside the file, and the alpha that kohya's scripts keep in the metadata. Without any the factor is 1.
/// </summary>
internal sealed class LoraAlphas
{
    private const string DiffusersKey = "lora_adapter_metadata", PeftConfig = "adapter_config.json", PeftStem = "adapter_model";
    private const string KohyaAlpha = "ss_network_alpha", KohyaRank = "ss_network_dim", TextEncoder = "text_encoder", Kohya = "lora_";

    private readonly Settings? _unet, _text;
    private readonly double? _kohyaAlpha, _kohyaRank;

    private LoraAlphas(Settings? unet, Settings? text, double? kohyaAlpha, double? kohyaRank) =>
        (_unet, _text, _kohyaAlpha, _kohyaRank) = (unet, text, kohyaAlpha, kohyaRank);

    /// <summary>Reads them.</summary>
    /// <param name="file">the LoRA</param>
    /// <param name="hasAlphas">true if tensors of its own say it; kohya's metadata then says nothing</param>
    /// <exception cref="InputException">they are no JSON, or of a kind that is not merged</exception>
    public static LoraAlphas Of(TensorFile file, bool hasAlphas)
    {
        bool isKohya = !hasAlphas && file.Names.Any(name => name.StartsWith(Kohya, StringComparison.Ordinal));
        var (alpha, rank) = isKohya ? (Number(file, KohyaAlpha), Number(file, KohyaRank)) : default;
        if (file.Metadata.GetValueOrDefault(DiffusersKey) is { } text)
        {
            var json = JsonText.Parse(Encoding.UTF8.GetBytes(text), $"{file.Origin}, metadata");
            return new LoraAlphas(
                Settings.Of(json, "unet.", file.Origin), Settings.Of(json, $"{TextEncoder}.", file.Origin), alpha, rank);
        }

        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Origin))!, PeftConfig);
        bool isPeft = Path.GetFileName(file.Origin).StartsWith(PeftStem, StringComparison.Ordinal) && File.Exists(beside);
        var both = isPeft ? Settings.Of(JsonFile.ReadObject(beside), "", beside) : null;
        return new LoraAlphas(both, both, alpha, rank);
    }

    /// <summary>What is taken from kohya's metadata, since no tensor says it; null where nothing is.</summary>
    public string? Assumption => _kohyaAlpha is { } alpha && _kohyaRank is { } rank && alpha != rank
        ? string.Create(
            CultureInfo.InvariantCulture, $"no tensor says how strong it is; its metadata says alpha {alpha} of rank {rank}: that is taken")
        : null;

    /// <summary>The factor of a product of two matrices.</summary>
    /// <param name="module">the module in the file's words</param>
    /// <param name="rank">the length that both share</param>
    public double ScaleOf(string module, int rank)
    {
        var settings = module.StartsWith(TextEncoder, StringComparison.Ordinal) ? _text : _unet;
        if (settings?.AlphaOf(module) is { } alpha) return alpha / (settings.IsRankStabilized ? Math.Sqrt(rank) : rank);
        bool isKohya = module.StartsWith(Kohya, StringComparison.Ordinal) && _kohyaRank == rank;
        return isKohya && _kohyaAlpha is { } told ? told / rank : 1;
    }

    private static double? Number(TensorFile file, string key) =>
        double.TryParse(file.Metadata.GetValueOrDefault(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number)
            ? number
            : null;

    /// <summary>PEFT's settings of one network.</summary>
    private sealed class Settings
    {
        private readonly double? _alpha;
        private readonly Dictionary<string, double> _ofModules = [];

        private Settings(double? alpha) => _alpha = alpha;

        /// <summary>Alpha is divided by the root of the rank.</summary>
        public bool IsRankStabilized { get; private init; }

        /// <summary>The settings below a prefix; null if there are none.</summary>
        public static Settings? Of(JsonElement json, string prefix, string origin)
        {
            if (json.ValueKind != JsonValueKind.Object) return null;
            JsonElement? Value(string name) => json.TryGetProperty(prefix + name, out var value) ? value : null;
            if (Value("lora_alpha") is not { ValueKind: JsonValueKind.Number } alpha) return null;
            var settings = new Settings(Number(alpha)) { IsRankStabilized = Value("use_rslora")?.ValueKind == JsonValueKind.True };
            if (Value("alpha_pattern") is { ValueKind: JsonValueKind.Object } pattern)
            {
                foreach (var entry in pattern.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.Number))
                    settings._ofModules[Plain(entry.Name)] = Number(entry.Value);
            }

            return settings;

            double Number(JsonElement value) => value.GetDouble() is var number && double.IsFinite(number)
                ? number
                : throw new InputException(InputCode.NotFinite, $"{origin}: alpha {value.Shown()} is no number that can be worked with");
        }

        /// <summary>The alpha of a module: that of the longest pattern that its path ends with, else the one for all.</summary>
        public double? AlphaOf(string module)
        {
            if (_ofModules.Count == 0) return _alpha;
            for (string end = module; ;)
            {
                if (_ofModules.TryGetValue(end, out double alpha)) return alpha;
                int dot = end.IndexOf('.', StringComparison.Ordinal);
                if (dot < 0) return _alpha;
                end = end[(dot + 1)..];
            }
        }

        /// <summary>Patterns are regular expressions and in practice names, with their dots escaped and bounds around.</summary>
        private static string Plain(string pattern) => pattern.TrimStart('^').TrimEnd('$').Replace(@"\.", ".", StringComparison.Ordinal);
    }
}
