namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>Devices with tensor cores that tests share, so that each form of the kernel is compiled once.</summary>
public sealed class ProductTensorTrials : IDisposable
{
    private readonly Dictionary<(int Sm, Type? Tile), ProductTensorTrial> _trials = [];

    /// <summary>A device, with products in one tile or in those that the plan chooses.</summary>
    internal ProductTensorTrial Of(int sm, Type? tile)
    {
        if (!_trials.TryGetValue((sm, tile), out var trial)) _trials[(sm, tile)] = trial = new ProductTensorTrial(sm, tile);
        return trial;
    }

    public void Dispose()
    {
        foreach (var trial in _trials.Values) trial.Dispose();
    }
}
