using EvsNative.Kernels.Definitions;

namespace EvsNative.Kernels.Tests;

/// <summary>A call of an operation with everything prepared.</summary>
/// <param name="Name">its word, and which form of it</param>
/// <param name="Run">calls it</param>
/// <param name="Result">what the call left behind, as numbers</param>
internal readonly record struct PreparedOperation(string Name, Action Run, Func<float[]> Result);

/// <summary>A call of every form of every operation, on shapes that fill no tile, panel or chunk and are cut into several items.</summary>
internal static class EveryOperation
{
    /// <param name="d">the device; a scope must be open</param>
    /// <param name="width">pixels in a row</param>
    public static List<PreparedOperation> Of(Device d, int width = 31)
    {
        var shape = new Shape(4, 19, width, 24);
        return
        [
            .. SelfTest.Rows.Select(row =>
            {
                var trial = row.Prepare(d, shape, new SelfTestInputs());
                return new PreparedOperation(row.Name, trial.Run, trial.Result);
            }),
        ];
    }
}
