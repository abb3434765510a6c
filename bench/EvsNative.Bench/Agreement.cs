namespace EvsNative.Bench;

/// <summary>How far a peer's numbers are from ours: whoever computes something else is not timed.</summary>
/// <param name="Error">root of the mean square of the difference, over that of ours; infinite where a number is not finite</param>
/// <param name="Tolerance">most that float32 in another order of sums may come to</param>
internal sealed record Agreement(double Error, double Tolerance)
{
    /// <summary>Of one operation.</summary>
    public const double OperationTolerance = 1e-4;

    /// <summary>Of a network, through which errors grow.</summary>
    public const double NetworkTolerance = 1e-3;

    /// <summary>Whether both compute the same.</summary>
    public bool Holds => Error <= Tolerance;

    /// <summary>Compares all numbers.</summary>
    /// <param name="ours">our results</param>
    /// <param name="theirs">the peer's, in the same order</param>
    /// <param name="isNetwork">of a whole network</param>
    /// <exception cref="PeerException">it gave more or fewer</exception>
    public static Agreement Of(ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs, bool isNetwork)
    {
        if (ours.Length != theirs.Length) throw new PeerException($"gave {theirs.Length} numbers instead of {ours.Length}");
        double square = 0, difference = 0;
        for (int i = 0; i < ours.Length; i++)
        {
            double own = ours[i], far = theirs[i] - own;
            (square, difference) = (square + (own * own), difference + (far * far));
        }

        double error = Math.Sqrt(difference / square);
        return new Agreement(double.IsNaN(error) ? double.PositiveInfinity : error, isNetwork ? NetworkTolerance : OperationTolerance);
    }
}
