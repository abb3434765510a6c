using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>A case on numbers by formula, which its peers make for themselves: ready to be timed, and to be compared with theirs.</summary>
/// <param name="Run">the call</param>
/// <param name="Results">
/// what the last call computed, in PyTorch's order: pictures [N,C,H,W], tokens [N,T,C]; several results one after the other
/// </param>
internal sealed record Prepared(Action Run, Func<float[]> Results)
{
    /// <summary>Of results that lie as PyTorch has them.</summary>
    public static Prepared Of(Device d, Action run, params Tensor[] results) => new(run, () => [.. results.SelectMany(y => Read(d, y))]);

    /// <summary>Of a picture [N,H,W,C].</summary>
    public static Prepared OfPicture(Device d, Action run, Tensor result) =>
        new(run, () => PeerOrder.OfPicture(Read(d, result), result.Shape));

    /// <summary>Of frames [F,H,W,C], whose pixels are sequences to the peer: [HW,F,C].</summary>
    public static Prepared OfSequences(Device d, Action run, Tensor result) =>
        new(run, () => PeerOrder.Exchange(Read(d, result), result.Shape.N, (int)result.Shape.Pixels, result.Shape.C));

    private static float[] Read(Device d, Tensor y)
    {
        float[] values = new float[y.Shape.Count];
        d.Read(y, values);
        return values;
    }
}
