namespace EvsNative.Kernels.Ptx;

/// <summary>Passes over the PTX that ILGPU writes.</summary>
internal static class PtxPasses
{
    /// <summary>All passes, in their order.</summary>
    public static string Finish(string text, PtxTarget target, string entry) => text;
}
