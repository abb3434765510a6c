using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// The judges on a device, for one clip or for many. Each file is checked when the set is opened; weights are read when a score asks for
/// them, and stay where many clips are to be scored.
/// </summary>
public sealed class JudgeSet : IDisposable
{
    private readonly List<IDisposable> _files = [], _kept = [];
    private readonly List<Notice> _notices = [];
    private readonly List<JudgeUse> _judges = [];
    private readonly List<ScoreKind> _kinds = [];
    private readonly Device _device;

    /// <summary>Opens judges from anywhere.</summary>
    /// <param name="request">what is wanted</param>
    /// <param name="device">where they compute; disposed of with the set</param>
    /// <param name="open">opens a judge's weights; null where there are none</param>
    /// <param name="configs">sizes</param>
    /// <param name="isKept">weights that were read stay</param>
    internal JudgeSet(
        ScoreRequest request, Device device, Func<JudgeKind, IWeightFile?> open, JudgeConfigs configs, bool isKept = true)
    {
        (Request, _device, Device) = (request, device, device.Description);
        Amt = Load(ScoreKind.Motion, open, w => new FrameInterpolator(w[0], configs.Amt), isKept);
        Dino = Load(ScoreKind.Subject, open, w => new VisionTransformer(w[0], configs.Dino), isKept);
        Dover = Load(ScoreKind.Dover, open, w => new Dover(w[0], configs.Dover), isKept);
        Taste = Load(ScoreKind.Aesthetic, open, w => new AestheticPredictor(w[0], w[1], configs.Siglip), isKept);
        TasteSide = configs.Siglip.Image;
    }

    /// <summary>What was asked for.</summary>
    public ScoreRequest Request { get; }

    /// <summary>The scores that can be computed, of those that are wanted; perhaps none.</summary>
    public IReadOnlyList<ScoreKind> Kinds => _kinds;

    /// <summary>The judges whose weights are used.</summary>
    public IReadOnlyList<JudgeUse> Judges => _judges;

    /// <summary>What is left out: scores whose weights are missing, with where to get them, or cannot be used.</summary>
    public IReadOnlyList<Notice> Notices => _notices;

    /// <summary>What computes, in a line.</summary>
    public string Device { get; }

    /// <summary>Makes frames between frames.</summary>
    internal Part<FrameInterpolator>? Amt { get; }

    /// <summary>Features of pictures.</summary>
    internal Part<VisionTransformer>? Dino { get; }

    /// <summary>Quality of clips.</summary>
    internal Part<Dover>? Dover { get; }

    /// <summary>How pleasing pictures are.</summary>
    internal Part<AestheticPredictor>? Taste { get; }

    /// <summary>Width and height of the pictures that <see cref="Taste"/> sees.</summary>
    internal int TasteSide { get; }

    /// <summary>Where the judges compute.</summary>
    internal Device Place => _device;

    /// <summary>Opens what a request names. What is wrong with one judge's file is a notice; the others are used.</summary>
    /// <param name="request">what is wanted</param>
    /// <param name="isKept">weights that were read stay, for further clips</param>
    /// <param name="stop">stops whatever runs there</param>
    /// <exception cref="DeviceException">no device can be used</exception>
    public static JudgeSet Open(ScoreRequest request, bool isKept = true, CancellationToken stop = default)
    {
        var device = request.Device.Open(out _);
        device.Cancellation = stop;
        return On(device, request, isKept);
    }

    /// <summary>
    /// The same on a device that computes nothing, and no number is read: tells before hours of other work what will be scored
    /// (<see cref="Kinds"/>) and what left out (<see cref="Notices"/>).
    /// </summary>
    /// <param name="request">what is wanted</param>
    public static JudgeSet Dry(ScoreRequest request) => On(Kernels.Device.Open(new DeviceOptions(Backend.Null)), request, isKept: false);

    private static JudgeSet On(Device device, ScoreRequest request, bool isKept)
    {
        var files = new List<IDisposable>();
        var uses = new Dictionary<JudgeKind, JudgeUse>();
        var judges = new JudgeSet(request, device, OpenFile, JudgeConfigs.Published, isKept);
        judges._files.AddRange(files);
        judges._judges.AddRange(judges.Kinds.SelectMany(kind => kind.Judges()).Select(kind => uses[kind]));
        return judges;

        IWeightFile? OpenFile(JudgeKind kind)
        {
            if (!request.Judges.TryGetValue(kind, out string? path)) return null;
            var file = JudgeFile.Open(kind, path);
            files.Add(file);
            uses[kind] = new JudgeUse(JudgeFiles.Of(kind), path);
            return file.Weights;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var loan in _kept) loan.Dispose();
        _device.Dispose();
        foreach (var file in _files) file.Dispose();
    }

    private Part<T>? Load<T>(
        ScoreKind kind, Func<JudgeKind, IWeightFile?> open, Func<IReadOnlyList<WeightSource>, T> build, bool isKept) where T : class
    {
        if (!Request.Kinds.Contains(kind)) return null;
        try
        {
            var needs = kind.Judges();
            IWeightFile?[] files = [.. needs.Select(open)];
            JudgeKind[] missing = [.. needs.Where((_, i) => files[i] is null)];
            if (missing.Length > 0)
            {
                _notices.Add(Missing(kind, missing));
                return null;
            }

            WeightStore[] stores = [.. files.Select(file => new WeightStore(_device, file!))];
            var part = new Part<T>([.. stores.Select(store => store.Root)], build, isKept: false);
            foreach (var store in stores) store.Verify();
            if (isKept) _kept.Add(part.Borrow());
            _kinds.Add(kind);
            return part;
        }
        catch (InputException e)
        {
            string details = e.Details.Count > 0 ? $": {string.Join("; ", e.Details.Take(2))}" : "";
            _notices.Add(new Notice(NoticeCode.LeftOut, $"{kind.Name()} is left out: {e.Message}{details}"));
            return null;
        }
    }

    private static Notice Missing(ScoreKind kind, JudgeKind[] missing)
    {
        string advice = string.Join("; ", missing.Select(judge => JudgeFiles.Of(judge).Advice));
        return new Notice(NoticeCode.LeftOut, $"{kind.Name()} is left out, its weights are not given: {advice}");
    }
}
