using EvsNative.Kernels.Compile;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.TensorCores;

/// <summary>
/// Words of 16-byte chunks among the four lanes of a quad. A fragment wants word t of several chunks in lane t, while memory is best read
/// and written by whole chunks: a transposition of 4 x 4 words is between the two.
/// </summary>
internal static class LaneWords
{
    /// <summary>
    /// From a chunk in each lane of a quad to one word of each chunk: afterwards lane t's registers are words t of the chunks of lanes 0 to
    /// 3. Applied again it goes back. All lanes of the warp take part.
    /// </summary>
    /// <param name="x">lane t's chunk</param>
    /// <param name="lane">in the warp</param>
    public static Fragment Transposed(Fragment x, int lane)
    {
        bool isOdd = (lane & 1) != 0, isUpper = (lane & 2) != 0;
        uint first = T.Other(isOdd ? x.A : x.B, 1), second = T.Other(isOdd ? x.C : x.D, 1);
        x.A = isOdd ? first : x.A;
        x.B = isOdd ? x.B : first;
        x.C = isOdd ? second : x.C;
        x.D = isOdd ? x.D : second;
        first = T.Other(isUpper ? x.A : x.C, 2);
        second = T.Other(isUpper ? x.B : x.D, 2);
        x.A = isUpper ? first : x.A;
        x.B = isUpper ? second : x.B;
        x.C = isUpper ? x.C : first;
        x.D = isUpper ? x.D : second;
        return x;
    }
}
