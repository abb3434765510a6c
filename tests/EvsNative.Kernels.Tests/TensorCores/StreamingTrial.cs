using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Definitions;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>The streaming kernel on a device whose GPU is the interpreter. Forms are compiled once.</summary>
public class StreamingTrial : IDisposable
{
    private const double Tolerance = 5e-4;

    private readonly AttentionTrial _trial;

    /// <summary>On one with asynchronous copies.</summary>
    public StreamingTrial() : this(80) { }

    /// <param name="sm">the GPU's architecture</param>
    protected StreamingTrial(int sm) => _trial = new AttentionTrial((gpu, _, others) => new AttentionTensor(gpu, others), sm: sm);

    /// <summary>Computes attention, and compares it with the definition.</summary>
    internal void Check(Values q, Values k, Values v, int heads, Values? inverted = null, float gamma = 0)
    {
        double error = _trial.Error(q, k, v, new AttentionOptions(heads), inverted, gamma);
        Assert.True(error <= Tolerance, $"q {q.Shape}, k {k.Shape}, {heads} heads: error {error:e2}");
    }

    /// <summary>Computes attention.</summary>
    internal float[] Attend(Values q, Values k, Values v, int heads, Values? inverted = null, float gamma = 0) =>
        _trial.Run(q, k, v, new AttentionOptions(heads), inverted, gamma);

    /// <summary>Computes attention with a kernel whose text is another.</summary>
    internal float[] Attend(Func<string, string> rewrite, Values q, Values k, Values v, int heads)
    {
        _trial.Rewrite = rewrite;
        float[] result = Attend(q, k, v, heads);
        _trial.Rewrite = text => text;
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trial.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The same on sm_75.</summary>
public sealed class TuringStreamingTrial() : StreamingTrial(75);
