using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Writes weights anew: of any format as safetensors, a model in one file as a folder and back, in another type, with another autoencoder
/// or with LoRAs merged in. What is written appears whole or not at all; what is read is never replaced.
/// </summary>
public sealed class Converter
{
    /// <summary>Where the metadata standard of safetensors files, ModelSpec, has a model's name.</summary>
    private const string Title = "modelspec.title";

    private static readonly string[] OtherEndings = [".ckpt", ".pt", ".pth", ".bin", ".gguf", ".onnx", ".h5", ".msgpack", ".json"];

    private readonly ConversionRequest _request;
    private readonly ConversionSource _source;
    private readonly WeightFiles _files;
    private readonly Action<string, double>? _onWritten;
    private readonly CancellationToken _stop;
    private readonly List<Notice> _notices = [];
    private readonly Dictionary<string, string> _words = [];

    private Converter(
        ConversionRequest request, ConversionSource source, WeightFiles files, Action<string, double>? onWritten, CancellationToken stop) =>
        (_request, _source, _files, _onWritten, _stop) = (request, source, files, onWritten, stop);

    /// <summary>Whose names the tensors get.</summary>
    private ConversionLayout Layout => _request.Layout
        ?? (!_request.IsToFile ? ConversionLayout.Diffusers
            : _source.Weights is null || _request.ChangesNetworks ? ConversionLayout.Original
            : ConversionLayout.Keep);

    private string Output => _request.Output;

    /// <summary>Does it.</summary>
    /// <param name="request">what</param>
    /// <param name="onWritten">told which file is written, and which share of all has been</param>
    /// <param name="stop">asked between pieces; nothing is left behind</param>
    /// <exception cref="InputException">
    /// the input is of no use for this, the place is taken, the disk too small, a number too large for its type
    /// </exception>
    public static ConversionResult Convert(
        ConversionRequest request, Action<string, double>? onWritten = null, CancellationToken stop = default)
    {
        Check(request);
        using var files = new WeightFiles();
        var source = ConversionSource.Open(files, ModelPath.Resolve(request.Input));
        return new Converter(request, source, files, onWritten, stop).Run();
    }

    private static void Check(ConversionRequest request)
    {
        string ending = Path.GetExtension(request.Output);
        if (OtherEndings.Contains(ending, StringComparer.OrdinalIgnoreCase))
        {
            throw new InputException(
                InputCode.WrongKind,
                $"-o {request.Output}: weights are written as safetensors: end the name with .safetensors, or name a folder");
        }

        if (request.Type is not (null or StoredType.F32 or StoredType.F16 or StoredType.BF16))
            throw new InputException(InputCode.Unsupported, $"numbers are written as F16, BF16 or F32, not as {request.Type}");
        if (!request.IsToFile)
        {
            PendingFolder.CheckWritable(request.Output, request.Force, ConvertedContent.OfFolder);
            return;
        }

        PendingFile.CheckWritable(request.Output, request.Force);
        if (request.Force) ConvertedContent.RequireOurs(request.Output);
    }

    private ConversionResult Run()
    {
        bool isKept = Layout == ConversionLayout.Keep;
        bool isAdapter = _source.Facts.Kind is CheckpointKind.MotionAdapter or CheckpointKind.VideoUNet;
        if (_source.IsModel && (!isKept || !_request.IsToFile || _request.ChangesNetworks)) return Model();
        if (_request.ChangesNetworks)
            throw Refused(InputCode.Conflict, "LoRAs and autoencoders become part of whole models only");
        if (_source.Weights is not { } weights) throw Refused(InputCode.Conflict, "its names are kept in a file only");
        if (isAdapter && Layout == ConversionLayout.Diffusers) return Adapter();
        if (_source.Facts.Kind == CheckpointKind.Vae && !isKept) return Vae();
        if (_request.IsToFile && isKept) return ToFile([.. weights.Names.Select(Kept)]);
        if (_source.Config is { } config && Layout == ConversionLayout.Diffusers)
        {
            byte[] text = OrdinaryFile.ReadAll(config, InputLimits.JsonBytes, "a configuration");
            return NetworkFolder(text, _source.Stem, [.. weights.Names.Select(Kept)]);
        }

        string advice = _request.IsToFile ? "leave out --layout" : "give a name that ends with .safetensors";
        throw Refused(InputCode.Unsupported, $"there is no other layout for it: {advice}");
    }

    private WeightTransfer Kept(string name) => WeightTransfer.Of(_source.Weights!, name, _request.Type);

    private InputException Refused(InputCode code, string why) => new(code, $"{_source.Path}: {_source.Facts.Sentence}: {why}");

    /// <summary>A whole model, to a folder or to one file.</summary>
    private ConversionResult Model()
    {
        if (_request.IsToFile && Layout == ConversionLayout.Diffusers)
            throw Refused(InputCode.Conflict, "diffusers' layout is a folder: give a name without .safetensors, or --layout original");
        if (!_request.IsToFile && Layout == ConversionLayout.Original)
            throw Refused(InputCode.Conflict, "the original layout is one file: end the name with .safetensors");
        bool isFolder = Directory.Exists(_source.Path);
        bool hasMotion = isFolder && Directory.Exists(Path.Combine(_source.Path, ModelPartKind.MotionAdapter.Folder));
        if (hasMotion && _request.IsToFile)
            Say(NoticeCode.Unused, $"{_source.Path}: its motion modules have no place in one file and are left out");
        using var parts = ModelParts.Open(new ModelRequest(_source.Path)
        {
            NeedsMotion = hasMotion && !_request.IsToFile,
            NeedsTokenizer = false,
            MotionKind = _request.MotionKind,
            Vae = _request.Vae,
            Loras = _request.Loras,
        });
        _notices.AddRange(parts.Notices);
        var writer = new ModelWriter(parts, _request.Type, Metadata(isSame: false)) { OnWritten = _onWritten, Said = Output };
        string? scheduler = isFolder ? Scheduler(_source.Path) : _source.Metadata.GetValueOrDefault(SingleFileConfig.SchedulerKey);
        if (_request.IsToFile)
        {
            string place = writer.WriteFile(Output, _request.Force, scheduler, _notices.Add, _stop);
            SayNotFinite(writer.NotFinite);
            return Result(place, [place], writer.Tensors);
        }

        var tokenizer = Tokenizer(parts.TextEncoder.Config);
        return Folder(inside =>
        {
            writer.WriteFolder(inside, tokenizer, scheduler ?? ModelTexts.Scheduler, stop: _stop);
            SayNotFinite(writer.NotFinite);
            return writer.Tensors;
        });
    }

    /// <summary>The vocabulary that a run would take, or null: the folder is written without one, which is said.</summary>
    private ClipTokenizerFiles? Tokenizer(ClipConfig text)
    {
        try
        {
            return TokenizerSearch.Open(_source.Path, _request.Tokenizer, text.VocabularySize, _notices).Files;
        }
        catch (InputException e) when (e.Code == InputCode.NotGiven)
        {
            Say(NoticeCode.Suspicious, $"{Output} has no tokenizer: {e.Message}");
            return null;
        }
    }

    /// <summary>Motion modules under diffusers' names, to a folder or to one file.</summary>
    private ConversionResult Adapter()
    {
        var part = MotionAdapterFile.Open(_files, _source.Path, _request.MotionKind);
        _notices.AddRange(part.Notices);
        // What motion modules are may stand in the input's name alone, which the output has not.
        bool isTold = _request.MotionKind is null && _source.Metadata.ContainsKey(Title);
        if (part.Facts.Motion is { } motion && !isTold)
            _words[Title] = $"{motion.Profile.Name} motion-adapter, {motion.Profile.Steps}-step";
        WeightTransfer[] tensors = [.. ModelWriter.InFolder(part, NetworkTensors.Of(part), _request.Type)];
        return _request.IsToFile
            ? ToFile(tensors)
            : NetworkFolder(Bytes(part), part.Kind.Stem, tensors);
    }

    /// <summary>An autoencoder: to a folder or a file in diffusers' names, or to a file in the original's, without any prefix.</summary>
    private ConversionResult Vae()
    {
        var part = VaeFile.Open(_files, _source.Path, _notices);
        var tensors = NetworkTensors.Of(part);
        if (Layout == ConversionLayout.Diffusers)
        {
            WeightTransfer[] named = [.. ModelWriter.InFolder(part, tensors, _request.Type)];
            return _request.IsToFile ? ToFile(named) : NetworkFolder(Bytes(part), part.Kind.Stem, named);
        }

        if (!_request.IsToFile) throw Refused(InputCode.Conflict, "the original layout is one file: end the name with .safetensors");
        var original = NetworkLayers.Vae(part.Config.LayersPerBlock, part.Config.BlockOutChannels.Count);
        foreach (var (key, text) in SingleFileConfig.Metadata([part])) _words[key] = text;
        return ToFile([.. tensors.Select(tensor => WeightTransfer.OfNetwork(
            part.Weights,
            tensor.Name,
            original.ToOriginal(tensor.Name)!,
            SingleFileNames.ShapeOf(part.Kind, tensor.Shape),
            _request.Type))]);
    }

    private static byte[] Bytes(ModelPart part) => System.Text.Encoding.UTF8.GetBytes(part.ConfigText());

    private ConversionResult NetworkFolder(byte[] config, string stem, WeightTransfer[] tensors) => Folder(inside =>
    {
        File.WriteAllBytes(Path.Combine(inside, "config.json"), config);
        Write(Path.Combine(inside, $"{stem}.safetensors"), tensors);
        return tensors.Length;
    });

    private ConversionResult ToFile(WeightTransfer[] tensors)
    {
        if (_source.Others is { Count: > 0 } others)
        {
            string names = string.Join(", ", others.Take(3).Select(name => InputText.Name(name)));
            Say(NoticeCode.Unused, $"{_source.Path}: {others.Count} entries that are no tensors are left out ({names})");
        }

        string place = Write(Output, tensors);
        return Result(place, [place], tensors.Length);
    }

    private string Write(string path, WeightTransfer[] tensors)
    {
        var ordered = WeightTransfer.InOrder(tensors);
        bool isSame = _request.Type is null && Layout == ConversionLayout.Keep;
        using var writer = new SafetensorsWriter(
            path, [.. ordered.Select(tensor => tensor.Plan)], Metadata(isSame), _request.Force, Output);
        double all = Math.Max(1, ordered.Sum(tensor => tensor.Plan.Bytes));
        SayNotFinite(WeightTransfer.WriteAll(ordered, writer, written => _onWritten?.Invoke("weights", written / all), _stop));
        string place = writer.Complete();
        _notices.AddRange(writer.Notices);
        return place;
    }

    /// <summary>Writes a folder; errors name what was asked for, not the temporary beside it.</summary>
    private ConversionResult Folder(Func<string, int> write)
    {
        using var pending = new PendingFolder(Output, _request.Force, ConvertedContent.OfFolder, wasAsked: true);
        int tensors;
        try
        {
            tensors = write(pending.Temporary);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, Output);
        }

        string place = pending.Commit();
        _notices.AddRange(pending.Notices);
        return Result(place, [.. Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)], tensors);
    }

    private ConversionResult Result(string place, IReadOnlyList<string> files, int tensors) => new(
        place, _source.Facts.Sentence, Layout, files, tensors, files.Sum(file => new FileInfo(file).Length), _notices);

    /// <summary>What the writer of the input said, but for sums over bytes that are no longer the same.</summary>
    private Dictionary<string, string> Metadata(bool isSame)
    {
        var words = _source.Metadata.Where(word => isSame || !IsSum(word.Key)).ToDictionary();
        words.TryAdd("format", "pt");
        foreach (var (key, word) in _words) words[key] = word;
        words[ConvertedContent.Mark] = "true";
        return words;
    }

    private static bool IsSum(string key) =>
        key.StartsWith("sshs_", StringComparison.Ordinal) || key.EndsWith("hash_sha256", StringComparison.Ordinal);

    /// <summary>The noise schedule of a model's folder, as it stands there.</summary>
    private static string? Scheduler(string folder)
    {
        string file = Path.Combine(folder, "scheduler", "scheduler_config.json");
        return OrdinaryFile.Exists(file) ? JsonFile.ReadObject(file).GetRawText() : null;
    }

    private void SayNotFinite(IReadOnlyList<string> tensors)
    {
        if (tensors.Count == 0) return;
        string names = string.Join(", ", tensors.Take(3).Select(name => InputText.Name(name)));
        string more = tensors.Count > 3 ? " ..." : "";
        Say(NoticeCode.Suspicious, $"{_source.Path}: {tensors.Count} tensors hold NaN or infinity, which stay: {names}{more}");
    }

    private void Say(NoticeCode code, string line) => _notices.Add(new Notice(code, line));
}
