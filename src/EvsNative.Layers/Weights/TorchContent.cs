namespace EvsNative.Layers;

/// <summary>What a container of PyTorch holds.</summary>
/// <param name="Top">the value that was saved: see <see cref="Pickles.PickleMachine"/></param>
/// <param name="PickleBytes">bytes of its pickle</param>
internal sealed record TorchContent(object? Top, long PickleBytes);
