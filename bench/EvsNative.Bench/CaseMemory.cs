namespace EvsNative.Bench;

/// <summary>The tensors and filters of a case on a GPU, from here to the end; given back when the device no longer works on them.</summary>
internal sealed class CaseMemory : IDisposable
{
    private readonly OpenGpu _gpu;
    private readonly IDisposable _scope;

    /// <param name="gpu">where</param>
    /// <param name="shape">whose; it is prepared afterwards</param>
    public CaseMemory(OpenGpu gpu, Case shape) => (_gpu, _scope) = (gpu, gpu.Device.Enter(shape.Name));

    public void Dispose()
    {
        _gpu.Runtime.Synchronize();
        Inputs.FreeFilters(_gpu.Device);
        _scope.Dispose();
    }
}
