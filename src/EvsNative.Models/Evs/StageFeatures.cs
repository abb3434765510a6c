using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>
/// The features of an inverting stage: recorded on the way up, injected at the same step and window on the way down. Those of a clip that
/// is one window stay on the device. Those of many windows would grow with the clip, by 12 MB a frame and step for SD1.5 at 512x512; so
/// only the latents before each step up are kept, 64 kB a frame, and a window's features are recorded again when they are needed: the same
/// pass on the same latents gives the same bits. It costs one pass without guidance for each window and step down. A run that goes on after
/// an interruption does the same.
/// </summary>
internal sealed class StageFeatures : IDisposable
{
    private readonly Device _d;
    private readonly IDenoiser _denoiser;
    private readonly FeatureTape _tape;
    private readonly Dictionary<int, Tensor> _climbed = [];
    private readonly IReadOnlySet<int> _steps;
    private readonly bool _isWhole;

    /// <summary>Makes room for what is kept of the way up; it is the scope's that is open.</summary>
    /// <param name="d">the device</param>
    /// <param name="denoiser">the stage's model</param>
    /// <param name="latents">[F,h,w,C] of the stage</param>
    /// <param name="steps">the steps up whose features are injected; none for a stage without</param>
    /// <param name="names">which features</param>
    /// <param name="gamma">weight of the recorded queries</param>
    public StageFeatures(
        Device d, IDenoiser denoiser, Shape latents, IEnumerable<int> steps, IReadOnlySet<string> names, double gamma)
    {
        (_d, _denoiser, _tape, _steps) = (d, denoiser, new FeatureTape(d, names, gamma), steps.ToHashSet());
        _isWhole = _steps.All(k => denoiser.Windows(latents.N, k).Count == 1);
        foreach (int k in _steps) _climbed[k] = d.Rent(latents);
    }

    /// <summary>The latents before step k of the way up.</summary>
    public Tensor Climbed(int k) => _climbed[k];

    /// <summary>Keeps the latents before step k of the way up, if its features are injected.</summary>
    public void Remember(Tensor latents, int k)
    {
        if (_climbed.TryGetValue(k, out var kept)) _d.Kernels.Copy(kept, latents);
    }

    /// <summary>What records the features of step k; null where nothing is to be recorded on the way up.</summary>
    public Func<FrameWindow, IFeatureTap?>? Recording(int k) => _isWhole && _steps.Contains(k) ? _ => _tape.Recording(k) : null;

    /// <summary>What injects the features of step k; null where there are none.</summary>
    public Func<FrameWindow, IFeatureTap?>? Injecting(int k) => _steps.Contains(k) ? window => Injecting(window, k) : null;

    /// <inheritdoc/>
    public void Dispose() => _tape.Dispose();

    private IFeatureTap? Injecting(FrameWindow window, int k)
    {
        // Windows share the room of one.
        int slot = _isWhole ? k : 0;
        if (_isWhole && _tape.Injecting(slot) is { } recorded) return recorded;
        using var scope = _d.Enter("record again");
        var latents = Climbed(k).Images(window.First, window.Count);
        var unused = _denoiser.Rent(_d, latents.Shape, isGuided: false);
        _denoiser.Predict(_d, latents, window.First, k, isGuided: false, unused, _tape.Recording(slot));
        return _tape.Injecting(slot);
    }
}
